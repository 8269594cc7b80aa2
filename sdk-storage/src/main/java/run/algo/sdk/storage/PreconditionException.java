package run.algo.sdk.storage;

import java.io.IOException;
import software.amazon.awssdk.core.exception.SdkException;

/** Content was not stored on condition that nothing is there. Never leaves the module. */
final class PreconditionException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int status;

  PreconditionException(int status) {
    super("something is there already, or conditions are not understood: " + status);
    this.status = status;
  }

  /** 412: there is something. 409: somebody writes it now. 501: what is a condition? */
  static boolean isMeant(SdkException e) {
    int status = Requests.status(e);
    return status == 412
        || status == 501
        || (status == 409 && Requests.code(e).equals("ConditionalRequestConflict"))
        || (status == 400 && Requests.code(e).equals("NotImplemented"));
  }

  /** Whether the storage knows conditions. */
  boolean understood() {
    return status == 412 || status == 409;
  }
}
