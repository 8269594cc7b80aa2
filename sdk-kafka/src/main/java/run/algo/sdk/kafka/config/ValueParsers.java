package run.algo.sdk.kafka.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import run.algo.sdk.kafka.internal.tls.PemException;
import run.algo.sdk.kafka.internal.tls.PemFiles;
import run.algo.sdk.spi.GoDuration;

/**
 * Readers of the values of settings. Each throws {@link IllegalArgumentException} whose message
 * completes "X ...".
 */
final class ValueParsers {

  private static final Pattern SIZE = Pattern.compile("([0-9]{1,19}) ?([KMGT]i?B|kB|B)?");
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]");

  private ValueParsers() {}

  static <E extends Enum<E> & WireName> Function<String, Object> oneOf(E[] values) {
    return text -> {
      for (E value : values) {
        if (value.wireName().equals(text)) {
          return value;
        }
      }
      throw new IllegalArgumentException("is not one of its values");
    };
  }

  static Function<String, Object> integer(int min, int max) {
    return text -> {
      if (!Texts.isLong(text)) {
        throw new IllegalArgumentException("is not a whole number");
      }
      long number = Long.parseLong(text);
      if (number < min || number > max) {
        throw new IllegalArgumentException("is not from " + min + " to " + max);
      }
      return (int) number;
    };
  }

  /** A duration of zero or more. */
  static Object duration(String text) {
    Duration duration;
    try {
      duration = GoDuration.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("is no duration: " + e.getMessage(), e);
    }
    if (duration.isNegative()) {
      throw new IllegalArgumentException("is negative");
    }
    return duration;
  }

  /** A duration of more than zero. */
  static Object positiveDuration(String text) {
    Object duration = duration(text);
    if (duration.equals(Duration.ZERO)) {
      throw new IllegalArgumentException("is zero");
    }
    return duration;
  }

  static Object bool(String text) {
    return Texts.goBool(text).orElseThrow(() -> new IllegalArgumentException("is not a bool"));
  }

  static Object onOff(String text) {
    return switch (text) {
      case "on" -> true;
      case "off" -> false;
      default -> throw new IllegalArgumentException("is neither on nor off");
    };
  }

  /** A number of bytes, also with a unit: KiB and so on by 1024, KB and so on by 1000. */
  static Function<String, Object> size(long min) {
    return size(min, Long.MAX_VALUE);
  }

  /** As {@link #size(long)}, up to a most. */
  static Function<String, Object> size(long min, long max) {
    return text -> {
      Matcher matcher = SIZE.matcher(text);
      if (text.length() > 40 || !matcher.matches()) {
        throw new IllegalArgumentException("is not a size");
      }
      long bytes;
      try {
        String unit = matcher.group(2);
        bytes =
            Math.multiplyExact(Long.parseLong(matcher.group(1)), factor(unit == null ? "" : unit));
      } catch (ArithmeticException | NumberFormatException e) {
        throw new IllegalArgumentException("is more than 64 bits hold", e);
      }
      if (bytes < min) {
        throw new IllegalArgumentException("is less than " + min + " bytes");
      }
      if (bytes > max) {
        throw new IllegalArgumentException("is more than " + max + " bytes");
      }
      return bytes;
    };
  }

  private static long factor(String unit) {
    if (unit.isEmpty() || unit.equals("B")) {
      return 1;
    }
    long step = unit.length() == 3 ? 1024 : 1000;
    return switch (unit.charAt(0)) {
      case 'K', 'k' -> step;
      case 'M' -> step * step;
      case 'G' -> step * step * step;
      default -> step * step * step * step;
    };
  }

  static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("is not a path", e);
    }
  }

  static Object buckets(String text) {
    List<String> names = new ArrayList<>();
    for (String name : text.split(",", -1)) {
      if (!isBucket(name.strip())) {
        throw new IllegalArgumentException("holds what is not the name of a bucket");
      }
      names.add(name.strip());
    }
    return new EngineSettings.BucketNames(names);
  }

  static boolean isBucket(String name) {
    return name.length() <= 63 && BUCKET.matcher(name).matches() && !name.contains("..");
  }

  /** The path of a PEM file of certificates. */
  static Object certificates(String text) {
    Path path = path(text);
    try {
      PemFiles.certificates(path);
    } catch (PemException e) {
      throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
    } catch (SecurityException e) {
      throw new IllegalArgumentException("cannot be read", e);
    }
    return path;
  }
}
