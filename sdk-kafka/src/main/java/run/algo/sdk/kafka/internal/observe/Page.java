package run.algo.sdk.kafka.internal.observe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What a path of the port shows. Called for every request, by several threads at once. */
@FunctionalInterface
public interface Page {

  /**
   * Makes the answer.
   *
   * @param accept the request's {@code Accept} header, empty when it has none
   * @return the answer
   * @throws IOException when it cannot be made: the client gets status 500 without a reason
   */
  Content content(String accept) throws IOException;

  /**
   * An answer.
   *
   * @param status 200 or 500
   * @param type the content type
   * @param body the body; passed on as it is, neither kept nor changed
   * @param policy what a browser may do with it: the {@code Content-Security-Policy}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared; a copy would double a large scrape
  record Content(int status, String type, byte[] body, String policy) {

    /** For what is data and no page: a browser may do nothing with it but show it. */
    static final String NOTHING = "default-src 'none'; frame-ancestors 'none'";

    /**
     * An answer that is data.
     *
     * @param status 200 or 500
     * @param type the content type
     * @param body the body; passed on as it is, neither kept nor changed
     */
    public Content(int status, String type, byte[] body) {
      this(status, type, body, NOTHING);
    }

    /**
     * An answer in JSON.
     *
     * @param status 200 or 500
     * @param fields the object's fields
     * @return the answer
     */
    static Content json(int status, Map<String, ?> fields) {
      String text = JsonMapper.shared().writeValueAsString(fields);
      return new Content(status, "application/json", text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
