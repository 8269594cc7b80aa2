package run.algo.sdk.architecture;

import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lists what other code can compile against: public types outside internal packages, with their
 * public and protected members. One line a signature, sorted, so that a change of the API is a line
 * of a diff. What an exported type inherits from a hidden one counts as its own.
 */
final class SignatureListing {

  private SignatureListing() {}

  /** The listing of a folder or jar of classes. */
  static List<String> of(Path location) throws IOException {
    if (Files.isDirectory(location)) {
      return ofTree(location);
    }
    try (FileSystem jar =
        FileSystems.newFileSystem(URI.create("jar:" + location.toUri()), Map.of())) {
      return ofTree(jar.getPath("/"));
    }
  }

  private static List<String> ofTree(Path root) throws IOException {
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = root.relativize(file).toString();
        if (name.endsWith(".class") && !name.endsWith("-info.class")) {
          types.add(load(name.substring(0, name.length() - ".class".length())));
        }
      }
    }
    return of(types);
  }

  private static Class<?> load(String path) {
    String name = path.replace('/', '.').replace('\\', '.');
    try {
      return Class.forName(name, false, SignatureListing.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The listing of the exported ones among some types. */
  static List<String> of(List<Class<?>> types) {
    Map<String, Class<?>> exported = new TreeMap<>();
    types.stream()
        .filter(SignatureListing::isExported)
        .forEach(type -> exported.put(type.getTypeName(), type));
    List<String> lines = new ArrayList<>();
    exported.values().forEach(type -> describe(type, lines));
    return lines;
  }

  private static boolean isExported(Class<?> type) {
    if (type.isAnonymousClass() || type.isLocalClass() || type.isSynthetic()) {
      return false;
    }
    if ((type.getPackageName() + ".").contains(".internal.") || !isVisible(type.getModifiers())) {
      return false;
    }
    Class<?> outer = type.getDeclaringClass();
    return outer == null || isExported(outer);
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static void describe(Class<?> type, List<String> lines) {
    if (!lines.isEmpty()) {
      lines.add("");
    }
    lines.add(header(type));
    Set<String> members = new TreeSet<>();
    collect(type, type, members);
    members.forEach(member -> lines.add("  " + member));
  }

  /** Adds the members that a type declares or inherits from hidden types. */
  private static void collect(Class<?> type, Class<?> from, Set<String> into) {
    for (Field field : from.getDeclaredFields()) {
      if (isListed(field)) {
        into.add(
            marks(field)
                + modifiers(field, type)
                + (field.isEnumConstant() ? "enum constant " : text(field.getAnnotatedType()) + " ")
                + field.getName());
      }
    }
    if (from == type) {
      for (Constructor<?> constructor : type.getDeclaredConstructors()) {
        if (isListed(constructor)) {
          into.add(
              marks(constructor)
                  + modifiers(constructor, type)
                  + parameters(constructor)
                  + "new"
                  + arguments(constructor));
        }
      }
    }
    for (Method method : from.getDeclaredMethods()) {
      if (isListed(method)) {
        into.add(
            marks(method)
                + modifiers(method, type)
                + parameters(method)
                + text(method.getAnnotatedReturnType())
                + " "
                + method.getName()
                + arguments(method));
      }
    }
    List<Class<?>> above = new ArrayList<>(List.of(from.getInterfaces()));
    if (from.getSuperclass() != null) {
      above.add(from.getSuperclass());
    }
    above.stream()
        .filter(parent -> parent.getName().startsWith("run.algo.") && !isExported(parent))
        .forEach(parent -> collect(type, parent, into));
  }

  private static boolean isListed(Member member) {
    return !member.isSynthetic() && isVisible(member.getModifiers());
  }

  private static String header(Class<?> type) {
    StringBuilder text = new StringBuilder(marks(type));
    int modifiers = type.getModifiers();
    if (type.isInterface() || type.isEnum() || type.isRecord()) {
      modifiers &= ~(Modifier.ABSTRACT | Modifier.STATIC | Modifier.FINAL);
    }
    text.append(Modifier.toString(modifiers & ~Modifier.INTERFACE)).append(' ');
    // Whether an enum whose constants have bodies counts as sealed differs between compilers.
    if (type.isSealed() && !type.isEnum()) {
      text.append("sealed ");
    }
    text.append(kind(type)).append(' ').append(type.getTypeName());
    text.append(typeParameters(type.getTypeParameters()).stripTrailing());
    if (type.isRecord()) {
      text.append(
          Arrays.stream(type.getRecordComponents())
              .map((RecordComponent part) -> text(part.getAnnotatedType()) + " " + part.getName())
              .collect(Collectors.joining(", ", "(", ")")));
    }
    Type superclass = type.getGenericSuperclass();
    if (superclass != null && superclass != Object.class && !type.isEnum() && !type.isRecord()) {
      text.append(" extends ").append(superclass.getTypeName());
    }
    if (type.getGenericInterfaces().length > 0) {
      text.append(type.isInterface() ? " extends " : " implements ");
      text.append(names(type.getGenericInterfaces()));
    }
    if (type.isSealed() && !type.isEnum()) {
      text.append(" permits ").append(names(type.getPermittedSubclasses()));
    }
    return text.toString();
  }

  private static String kind(Class<?> type) {
    if (type.isAnnotation()) {
      return "@interface";
    }
    if (type.isInterface()) {
      return "interface";
    }
    return type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
  }

  private static String modifiers(Member member, Class<?> type) {
    int kept =
        Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.FINAL | Modifier.ABSTRACT;
    if (Modifier.isFinal(type.getModifiers()) && member instanceof Method) {
      kept &= ~Modifier.FINAL; // nothing can override it anyway
    }
    String text = Modifier.toString(member.getModifiers() & kept);
    boolean isDefault = member instanceof Method method && method.isDefault();
    return text + (isDefault ? " default " : " ");
  }

  private static String marks(AnnotatedElement element) {
    return element.isAnnotationPresent(Deprecated.class) ? "@Deprecated " : "";
  }

  private static String parameters(Executable member) {
    return typeParameters(member.getTypeParameters());
  }

  private static String typeParameters(TypeVariable<?>[] parameters) {
    if (parameters.length == 0) {
      return "";
    }
    StringJoiner text = new StringJoiner(", ", "<", "> ");
    for (TypeVariable<?> parameter : parameters) {
      String bounds =
          Arrays.stream(parameter.getBounds())
              .filter(bound -> bound != Object.class)
              .map(Type::getTypeName)
              .collect(Collectors.joining(" & "));
      text.add(parameter.getName() + (bounds.isEmpty() ? "" : " extends " + bounds));
    }
    return text.toString();
  }

  private static String arguments(Executable member) {
    StringJoiner text = new StringJoiner(", ", "(", ")");
    AnnotatedType[] types = member.getAnnotatedParameterTypes();
    for (int i = 0; i < types.length; i++) {
      String type = text(types[i]);
      boolean variable = member.isVarArgs() && i == types.length - 1;
      text.add(variable ? type.substring(0, type.length() - 2) + "..." : type);
    }
    Type[] thrown = member.getGenericExceptionTypes();
    return text + (thrown.length == 0 ? "" : " throws " + names(thrown));
  }

  /** A type as its author wrote it; nullness is part of the contract, so it is part of the line. */
  private static String text(AnnotatedType type) {
    return (type.isAnnotationPresent(Nullable.class) ? "@Nullable " : "")
        + type.getType().getTypeName();
  }

  private static String names(Type[] types) {
    return Arrays.stream(types).map(Type::getTypeName).sorted().collect(Collectors.joining(", "));
  }
}
