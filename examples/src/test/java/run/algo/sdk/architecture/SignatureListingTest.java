package run.algo.sdk.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

public class SignatureListingTest {

  abstract static class Hidden {
    public int inherited() {
      return 1;
    }

    int notListed() {
      return 2;
    }
  }

  public static class Shown extends Hidden implements Supplier<@Nullable String> {
    public static final int LIMIT = 3;
    protected @Nullable String note;
    private final byte[] secret = {};

    private Shown() {}

    protected Shown(List<? extends Number> numbers, String... more) throws IOException {
      this();
      if (secret.length > more.length + numbers.size()) {
        throw new IOException();
      }
    }

    @Override
    public @Nullable String get() {
      return note;
    }

    public static <T extends Comparable<T> & Runnable> byte @Nullable [] pick(T first, int[] rest) {
      return null;
    }

    @Deprecated
    public void old() {}

    void packagePrivate() {}
  }

  public sealed interface Shape<T> permits Circle, Square {
    T area() throws IllegalStateException;

    default boolean round() {
      return false;
    }

    static int corners() {
      return 4;
    }
  }

  public record Circle(double radius, @Nullable String name) implements Shape<Double> {
    @Override
    public Double area() {
      return radius;
    }
  }

  public record Square() implements Shape<Integer> {
    @Override
    public Integer area() {
      return 1;
    }
  }

  protected enum Level {
    LOW,
    HIGH {
      @Override
      public String toString() {
        return "high";
      }
    }
  }

  private static final class Secret {
    @SuppressWarnings("EffectivelyPrivate") // the case in question: public within private
    public static final class WithinSecret {}
  }

  @Test
  void theListingHoldsWhatOthersCanUse() {
    String prefix = SignatureListingTest.class.getName() + "$";

    assertThat(
            SignatureListing.of(
                List.of(
                    Shown.class,
                    Shape.class,
                    Circle.class,
                    Level.class,
                    Hidden.class,
                    Secret.WithinSecret.class,
                    run.algo.sdk.architecture.fixture.kafka.internal.Inner.class)))
        .containsExactly(
            "public record "
                + prefix
                + "Circle(double radius, @Nullable java.lang.String name) implements "
                + prefix
                + "Shape<java.lang.Double>",
            "  public @Nullable java.lang.String name()",
            "  public boolean equals(java.lang.Object)",
            "  public double radius()",
            "  public int hashCode()",
            "  public java.lang.Double area()",
            "  public java.lang.String toString()",
            "  public new(double, @Nullable java.lang.String)",
            "",
            "protected enum " + prefix + "Level",
            "  public static final enum constant HIGH",
            "  public static final enum constant LOW",
            "  public static " + prefix + "Level valueOf(java.lang.String)",
            "  public static " + prefix + "Level[] values()",
            "",
            "public sealed interface "
                + prefix
                + "Shape<T> permits "
                + prefix
                + "Circle, "
                + prefix
                + "Square",
            "  public abstract T area() throws java.lang.IllegalStateException",
            "  public default boolean round()",
            "  public static int corners()",
            "",
            "public static class "
                + prefix
                + "Shown extends "
                + prefix
                + "Hidden implements java.util.function.Supplier<java.lang.String>",
            "  @Deprecated public void old()",
            "  protected @Nullable java.lang.String note",
            "  protected new(java.util.List<? extends java.lang.Number>, java.lang.String...)"
                + " throws java.io.IOException",
            "  public @Nullable java.lang.String get()",
            "  public int inherited()",
            "  public static <T extends java.lang.Comparable<T> & java.lang.Runnable>"
                + " @Nullable byte[] pick(T, int[])",
            "  public static final int LIMIT");
  }

  @Test
  void theDiffShowsTheChangeUnderItsType() {
    assertThat(
            LineDiff.of(
                List.of("class A", "  a()", "  b()", "", "class B", "  x()", "", "class C"),
                List.of(
                    "class A", "  a()", "  b2()", "", "class B", "  x()", "", "class D", "  d()")))
        .isEqualTo(
            """
              class A
            -   b()
            +   b2()
            - class C
            + class D
            +   d()
            """);
    assertThat(LineDiff.of(List.of("a"), List.of("a"))).isEmpty();
  }
}
