package io.pgplane.topology;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientSourceTest {
  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7, 192.0.2.7",
    "::ffff:192.0.2.7, 192.0.2.7, 192.0.2.7",
    "2001:db8:1:2:3:4:5:6, 2001:db8:1:2:0:0:0:0/64, 2001:db8:1:0:0:0:0:0/48",
    "fd00:1:2:3:4::5, fd00:1:2:3:0:0:0:0/64, fd00:1:2:3:0:0:0:0/64",
    "fe80::1, fe80:0:0:0:0:0:0:0/64, fe80:0:0:0:0:0:0:0/64",
  })
  void isWhatOneClientHasForItsOwn(String address, String network, String site) {
    assertThat(ClientSource.of(Cidr.address(address))).isEqualTo(new ClientSource(network, site));
  }
}
