/** Whatever a part of a page falls over, the rest stands, and it is said what to do. */
import { Component, type ReactNode } from "react";
import { forgetFailed } from "./later";

interface Props {
  /** What could not be shown. */
  what: string;
  children: ReactNode;
}

export class Fallen extends Component<Props, { isFallen: boolean }> {
  state = { isFallen: false };

  static getDerivedStateFromError() {
    return { isFallen: true };
  }

  componentWillUnmount() {
    forgetFailed();
  }

  again() {
    forgetFailed();
    this.setState({ isFallen: false });
  }

  render() {
    if (!this.state.isFallen) return this.props.children;
    return (
      <div className="notice bad stack tight" role="alert">
        <p>
          {this.props.what} could not be shown. Where the server was away, it can be once it is back; where it has a
          newer version by now, load the page anew.
        </p>
        <p>
          <button type="button" onClick={() => this.again()}>
            Try again
          </button>
        </p>
      </div>
    );
  }
}
