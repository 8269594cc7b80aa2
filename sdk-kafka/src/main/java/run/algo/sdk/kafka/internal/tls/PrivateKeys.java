package run.algo.sdk.kafka.internal.tls;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Private keys out of PEM blocks. The JDK reads PKCS#8 only; PKCS#1 and SEC1 hold the same key
 * without the envelope that says which algorithm it is for, so the envelope is put around them
 * here.
 */
final class PrivateKeys {
  private static final byte[] RSA_OID = HexFormat.of().parseHex("2a864886f70d010101");
  private static final byte[] EC_OID = HexFormat.of().parseHex("2a8648ce3d0201");

  /** P-256, P-384 and P-521, the curves of TLS in every JDK since 17. */
  private static final Set<String> CURVES = Set.of("2a8648ce3d030107", "2b81040022", "2b81040023");

  private static final byte[] VERSION_0 = Der.encode(Der.INTEGER, new byte[] {0});
  private static final int CONTEXT_0 = 0xa0;

  private PrivateKeys() {}

  /** The first private key of the blocks. */
  static PrivateKey first(List<PemBlock> blocks, String source) {
    PemBlock parameters = null;
    for (PemBlock block : blocks) {
      if (block.label().equals("EC PARAMETERS")) {
        parameters = block;
      } else if (block.label().endsWith("PRIVATE KEY")) {
        return key(block, parameters, source);
      }
    }
    throw new PemException(
        source
            + " holds no private key"
            + (blocks.isEmpty()
                ? ", it is not a PEM file: name a file with a line -----BEGIN PRIVATE KEY-----"
                : " but " + blocks + ": name the key file, perhaps it and another were swapped"));
  }

  private static PrivateKey key(PemBlock block, @Nullable PemBlock parameters, String source) {
    if (block.encrypted()) {
      throw new PemException(
          source
              + " holds an encrypted private key, and there is no setting for its password: store it decrypted"
              + " (openssl pkcs8 -topk8 -nocrypt) in a secret that only this process can read");
    }
    try {
      return switch (block.label()) {
        case "PRIVATE KEY" -> generate(block.der());
        case "RSA PRIVATE KEY" -> generate(wrapPkcs1(block.der()));
        case "EC PRIVATE KEY" ->
            generate(wrapSec1(block.der(), parameters == null ? null : parameters.der()));
        default ->
            throw new PemException(
                source
                    + " holds a key of the form "
                    + block.label()
                    + ", which Kafka cannot use: convert it to PKCS#8 (openssl pkcs8 -topk8 -nocrypt), RSA or EC");
      };
    } catch (PemException e) {
      throw e;
    } catch (DerException e) {
      throw new PemException(
          source
              + " holds a private key that cannot be read, "
              + e.getMessage()
              + ": issue it again as RSA or EC, or copy it again and whole");
    } catch (GeneralSecurityException | RuntimeException e) {
      // The JDK's messages may quote the bytes of the key, so neither message nor cause is passed
      // on.
      throw new PemException(
          source
              + " holds a private key that this JVM cannot use ("
              + e.getClass().getSimpleName()
              + "): issue an RSA key of 2048 bits or more, or an EC key on P-256, P-384 or P-521");
    }
  }

  private static PrivateKey generate(byte[] pkcs8) throws DerException, GeneralSecurityException {
    Der file = Der.of(pkcs8);
    Der info = file.enter(Der.SEQUENCE);
    file.finish();
    info.contents(Der.INTEGER);
    Der identifier = info.enter(Der.SEQUENCE);
    byte[] oid = identifier.contents(Der.OID);
    info.enter(Der.OCTET_STRING);
    String algorithm;
    if (Arrays.equals(oid, RSA_OID)) {
      algorithm = "RSA";
    } else if (Arrays.equals(oid, EC_OID)) {
      algorithm = "EC";
      // The JDK reads keys on other curves but cannot sign with them: say it here, where the reason
      // is known.
      String curve = HexFormat.of().formatHex(Der.of(curve(identifier)).contents(Der.OID));
      if (!CURVES.contains(curve)) {
        throw new DerException("its curve is none of P-256, P-384 and P-521");
      }
    } else {
      throw new DerException("its algorithm is neither RSA nor EC");
    }
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  private static byte[] wrapPkcs1(byte[] pkcs1) throws DerException {
    Der file = Der.of(pkcs1);
    Der key = file.enter(Der.SEQUENCE);
    file.finish();
    byte[] version = key.contents(Der.INTEGER);
    if (version.length != 1 || version[0] != 0) {
      throw new DerException("it is not an RSA key of two primes");
    }
    // Modulus, both exponents, both primes, their exponents and the coefficient.
    for (int i = 0; i < 8; i++) {
      key.contents(Der.INTEGER);
    }
    key.finish();
    return envelope(RSA_OID, Der.encode(Der.NULL), pkcs1);
  }

  private static byte[] wrapSec1(byte[] sec1, byte @Nullable [] parameters) throws DerException {
    Der file = Der.of(sec1);
    Der key = file.enter(Der.SEQUENCE);
    file.finish();
    byte[] version = key.contents(Der.INTEGER);
    if (version.length != 1 || version[0] != 1) {
      throw new DerException("it is not an EC key of version 1");
    }
    key.contents(Der.OCTET_STRING);
    byte[] curve;
    if (key.next(CONTEXT_0)) {
      curve = curve(key.enter(CONTEXT_0));
    } else if (parameters != null) {
      curve = curve(Der.of(parameters));
    } else {
      throw new DerException("its curve is named neither in the key nor in an EC PARAMETERS block");
    }
    return envelope(EC_OID, curve, sec1);
  }

  private static byte[] curve(Der parameters) throws DerException {
    if (parameters.next(Der.SEQUENCE)) {
      throw new DerException("its curve is spelled out instead of named");
    }
    byte[] name = parameters.element(Der.OID);
    parameters.finish();
    return name;
  }

  private static byte[] envelope(byte[] oid, byte[] parameters, byte[] key) {
    byte[] algorithm = Der.encode(Der.SEQUENCE, Der.encode(Der.OID, oid), parameters);
    return Der.encode(Der.SEQUENCE, VERSION_0, algorithm, Der.encode(Der.OCTET_STRING, key));
  }
}
