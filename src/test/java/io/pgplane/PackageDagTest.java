package io.pgplane;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the code against the table in ARCHITECTURE.md. */
class PackageDagTest {
  private static final String ROOT = "io.pgplane.";
  private static final Pattern ROW = Pattern.compile("\\| `([a-z.]+)` \\|([a-z.,` ]*)\\|");

  private static Map<String, Set<String>> mayImport = Map.of();
  private static JavaClasses classes = new ClassFileImporter().importClasses();

  @BeforeAll
  static void readTableAndClasses() throws IOException {
    String page = Files.readString(Path.of("ARCHITECTURE.md"));
    Matcher rows = ROW.matcher(page.substring(page.indexOf("| package | may import |")));
    mayImport = new TreeMap<>();
    while (rows.find()) {
      mayImport.put(
          rows.group(1),
          Arrays.stream(rows.group(2).split(","))
              .map(name -> name.replace("`", "").strip())
              .filter(name -> !name.isEmpty())
              .collect(Collectors.toSet()));
    }
    classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.pgplane");
  }

  @Test
  void everyPackageImportsOnlyWhatItsRowAllows() {
    Set<String> strays = new TreeSet<>();
    for (JavaClass type : classes) {
      String from = nameOf(type);
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        String to = nameOf(target);
        boolean ours = target.getPackageName().startsWith(ROOT) && !to.equals(from);
        if (ours && !mayImport.getOrDefault(from, Set.of()).contains(to)) {
          strays.add(from + " -> " + to);
        }
      }
    }

    assertThat(strays).as("imports outside the table of ARCHITECTURE.md").isEmpty();
  }

  @Test
  void theTableNamesThePackagesThatExistAndNoOthers() {
    Set<String> existing = classes.stream().map(PackageDagTest::nameOf).collect(Collectors.toSet());

    assertThat(mayImport.keySet()).isEqualTo(existing);
    assertThat(existing).containsAll(mayImport.values().stream().flatMap(Set::stream).toList());
  }

  @Test
  void theTableHasNoCycle() {
    Map<String, Set<String>> left = new TreeMap<>(mayImport);
    Set<String> placed = new HashSet<>();
    while (!left.isEmpty()) {
      Set<String> next =
          left.keySet().stream()
              .filter(name -> placed.containsAll(left.get(name)))
              .collect(Collectors.toSet());
      assertThat(next).as("packages in a cycle: " + left.keySet()).isNotEmpty();
      placed.addAll(next);
      left.keySet().removeAll(next);
    }
  }

  @Test
  void onlyStreamTlsRelayAndMemberPortSeeNetty() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.pgplane.dataplane.stream",
            "io.pgplane.dataplane.tls",
            "io.pgplane.dataplane.relay",
            "io.pgplane.controlplane.memberport")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(classes);
  }

  @Test
  void protocolTopologyAndFailureKnowNoVertx() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.pgplane.protocol..", "io.pgplane.topology..", "io.pgplane.failure..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.vertx..")
        .check(classes);
  }

  @Test
  void theDataPlaneKnowsNoControlPlaneAndNoHazelcast() {
    noClasses()
        .that()
        .resideInAPackage("io.pgplane.dataplane..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.pgplane.controlplane..", "com.hazelcast..")
        .check(classes);
  }

  /** Most of what is slow to match can be written by who sends the text. */
  @Test
  void noRegularExpressionReadsWhatPeersSend() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.pgplane.dataplane..",
            "io.pgplane.protocol..",
            "io.pgplane.failure..",
            "io.pgplane.observability..")
        .and()
        .doNotHaveSimpleName("ScramVerifier") // reads those of the configuration
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.regex..", "com.google.re2j..")
        .orShould()
        .callMethodWhere(
            target(owner(type(String.class)))
                .and(target(nameMatching("matches|replaceAll|replaceFirst|split"))))
        .check(classes);
  }

  @Test
  void theDataPlaneTakesNoLocks() {
    methods()
        .that()
        .areDeclaredInClassesThat()
        .resideInAPackage("io.pgplane.dataplane..")
        .should()
        .notHaveModifier(JavaModifier.SYNCHRONIZED)
        .check(classes);
  }

  private static String nameOf(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith(ROOT) ? name.substring(ROOT.length()) : name;
  }
}
