package run.algo.sdk.testkit.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tags of the objects. S3Proxy keeps none and ignores the header that sets them, so they are
 * noted on the way to it. Thread-safe.
 */
final class ObjectTags {

  private static final Pattern UPLOAD_ID = Pattern.compile("<UploadId>([^<]+)</UploadId>");

  /** The header as it was sent, by path; empty for an object without tags. */
  private final Map<String, String> ofObject = new ConcurrentHashMap<>();

  private final Map<String, String> ofUpload = new ConcurrentHashMap<>();

  /** Notes what a request that succeeded did to tags. */
  void done(S3RequestKind kind, HttpHead request, String answer) {
    String tags = request.header("x-amz-tagging");
    String given = tags == null ? "" : tags;
    switch (kind) {
      case PUT_OBJECT -> ofObject.put(request.path(), given);
      case DELETE_OBJECT -> ofObject.remove(request.path());
      case CREATE_UPLOAD -> {
        Matcher id = UPLOAD_ID.matcher(answer);
        if (id.find()) {
          ofUpload.put(id.group(1), given);
        }
      }
      case COMPLETE_UPLOAD -> {
        String noted = ofUpload.remove(request.parameter("uploadId"));
        ofObject.put(request.path(), noted == null ? "" : noted);
      }
      case ABORT_UPLOAD -> ofUpload.remove(request.parameter("uploadId"));
      default -> {
        // Has nothing to do with tags.
      }
    }
  }

  /** The answer to GetObjectTagging, or null when there is no such object. */
  @Nullable String xml(String path) {
    String header = ofObject.get(path);
    if (header == null) {
      return null;
    }
    Map<String, String> tags = new TreeMap<>();
    for (String pair : header.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        tags.put(
            URLDecoder.decode(pair.substring(0, equals), UTF_8),
            URLDecoder.decode(pair.substring(equals + 1), UTF_8));
      }
    }
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    xml.append("<Tagging><TagSet>");
    tags.forEach(
        (name, value) ->
            xml.append("<Tag><Key>")
                .append(escape(name))
                .append("</Key><Value>")
                .append(escape(value))
                .append("</Value></Tag>"));
    return xml.append("</TagSet></Tagging>").toString();
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
