package io.pgplane.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.BuiltJar;
import java.io.IOException;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

class JarContentsIT {
  private static final String NATIVE = "META-INF/native/libnetty_";

  @Test
  void nativeLibrariesAreThoseOfLinuxOnBothProcessors() throws IOException {
    try (ZipFile jar = new ZipFile(BuiltJar.path())) {
      assertThat(jar.stream().map(ZipEntry::getName))
          .filteredOn(name -> name.matches("META-INF/native/.+|.*\\.(dll|jnilib|dylib)"))
          .containsExactlyInAnyOrder(
              NATIVE + "tcnative_linux_aarch_64.so",
              NATIVE + "tcnative_linux_x86_64.so",
              NATIVE + "transport_native_epoll_aarch_64.so",
              NATIVE + "transport_native_epoll_x86_64.so",
              NATIVE + "transport_native_io_uring42_aarch_64.so",
              NATIVE + "transport_native_io_uring42_x86_64.so");
    }
  }
}
