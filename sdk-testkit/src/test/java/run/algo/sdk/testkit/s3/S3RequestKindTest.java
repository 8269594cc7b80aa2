package run.algo.sdk.testkit.s3;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3RequestKindTest {

  @ParameterizedTest
  @CsvSource({
    "PUT, /b/k, '', PUT_OBJECT",
    "PUT, /b/k/uploadId=1, '', PUT_OBJECT",
    "PUT, /b/k, 'partNumber=1&uploadId=x', UPLOAD_PART",
    "PUT, /b/k, 'tagging', OTHER",
    "PUT, /b, '', CREATE_BUCKET",
    "PUT, /b/, '', CREATE_BUCKET",
    "GET, /b/k, '', GET_OBJECT",
    "GET, /b/k, 'tagging=', GET_TAGS",
    "GET, /b/k, 'uploadId=1', OTHER",
    "GET, /b, 'list-type=2', LIST_OBJECTS",
    "GET, /b, 'uploads', LIST_UPLOADS",
    "HEAD, /b/k, '', HEAD_OBJECT",
    "HEAD, /b, '', HEAD_BUCKET",
    "DELETE, /b/k, '', DELETE_OBJECT",
    "DELETE, /b/k, 'uploadId=1', ABORT_UPLOAD",
    "POST, /b/k, 'uploads', CREATE_UPLOAD",
    "POST, /b/k, 'uploadId=1', COMPLETE_UPLOAD",
    "POST, /b, 'delete', OTHER"
  })
  void theRequestLineTellsTheKind(String method, String path, String query, S3RequestKind kind) {
    assertThat(S3RequestKind.of(method, path, query)).isEqualTo(kind);
  }
}
