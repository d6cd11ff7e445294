package io.pgplane.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.pgplane.controlplane.store.LogReader.DamagedException;
import io.pgplane.controlplane.store.LogReader.Log;
import java.io.IOException;
import java.util.Arrays;

/** Whatever stands in a file: it is a log, the beginning of one, or refused. */
class LogReaderFuzzTest {
  @FuzzTest
  void isReadOrRefused(byte[] bytes) throws IOException {
    Log log;
    try {
      log = Logs.read(bytes);
    } catch (DamagedException e) {
      assertThat(e).hasMessageContaining("at byte ");
      return;
    }

    byte[] whole = Arrays.copyOf(bytes, (int) log.end());
    assertThat(Logs.read(whole)).isEqualTo(log);
    assertThat(Logs.read(Logs.bytes(log.contents())).contents()).isEqualTo(log.contents());
  }
}
