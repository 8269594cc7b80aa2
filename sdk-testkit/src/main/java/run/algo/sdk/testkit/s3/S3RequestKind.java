package run.algo.sdk.testkit.s3;

/**
 * What a request to {@link EmbeddedS3} asks for.
 *
 * @since 0.1.0
 */
public enum S3RequestKind {
  /** PutObject. */
  PUT_OBJECT,
  /** GetObject, whole or a range. */
  GET_OBJECT,
  /** HeadObject. */
  HEAD_OBJECT,
  /** DeleteObject. */
  DELETE_OBJECT,
  /** GetObjectTagging. */
  GET_TAGS,
  /** CreateMultipartUpload. */
  CREATE_UPLOAD,
  /** UploadPart. */
  UPLOAD_PART,
  /** CompleteMultipartUpload. */
  COMPLETE_UPLOAD,
  /** AbortMultipartUpload. */
  ABORT_UPLOAD,
  /** ListMultipartUploads. */
  LIST_UPLOADS,
  /** ListObjects of either version. */
  LIST_OBJECTS,
  /** CreateBucket. */
  CREATE_BUCKET,
  /** HeadBucket. */
  HEAD_BUCKET,
  /** Anything else. */
  OTHER;

  /** Tells the kind by the request line. */
  static S3RequestKind of(String method, String path, String query) {
    int slash = path.indexOf('/', 1);
    boolean object = slash >= 0 && slash < path.length() - 1;
    boolean upload = has(query, "uploadId");
    return switch (method) {
      case "PUT" ->
          object ? (upload ? UPLOAD_PART : plain(query, PUT_OBJECT)) : plain(query, CREATE_BUCKET);
      case "GET" -> object ? get(query, upload) : list(query);
      case "HEAD" -> object ? HEAD_OBJECT : HEAD_BUCKET;
      case "DELETE" -> object ? (upload ? ABORT_UPLOAD : plain(query, DELETE_OBJECT)) : OTHER;
      case "POST" ->
          object
              ? (upload ? COMPLETE_UPLOAD : has(query, "uploads") ? CREATE_UPLOAD : OTHER)
              : OTHER;
      default -> OTHER;
    };
  }

  private static S3RequestKind get(String query, boolean upload) {
    if (has(query, "tagging")) {
      return GET_TAGS;
    }
    return upload || has(query, "acl") ? OTHER : GET_OBJECT;
  }

  private static S3RequestKind list(String query) {
    if (has(query, "uploads")) {
      return LIST_UPLOADS;
    }
    return has(query, "location") || has(query, "acl") ? OTHER : LIST_OBJECTS;
  }

  /** Sub-resources are something else. */
  private static S3RequestKind plain(String query, S3RequestKind kind) {
    return has(query, "tagging") || has(query, "acl") ? OTHER : kind;
  }

  private static boolean has(String query, String name) {
    for (String part : query.split("&", -1)) {
      if (part.equals(name) || part.startsWith(name + "=")) {
        return true;
      }
    }
    return false;
  }
}
