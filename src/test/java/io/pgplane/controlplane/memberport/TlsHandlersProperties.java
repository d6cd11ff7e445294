package io.pgplane.controlplane.memberport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pgplane.crypto.ClusterSecret;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLException;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The handler pair without Hazelcast: two sides, with all bytes between them cut at random. */
class TlsHandlersProperties {
  private static final ClusterSecret OLD = ClusterSecret.random();
  private static final ClusterSecret NEW = ClusterSecret.random();
  private static final MemberTls TLS = MemberTls.of(List.of(NEW));

  @Property(tries = 60)
  void carryEverythingBothWaysHoweverItIsCut(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    byte[] there = bytes(random);
    byte[] back = bytes(random);
    try (TlsLink link = new TlsLink(TLS, TLS, random)) {
      link.client().send(there);
      link.server().send(back);

      link.run();

      assertThat(link.server().received()).isEqualTo(there);
      assertThat(link.client().received()).isEqualTo(back);
      assertThat(link.client().authenticated() && link.server().authenticated()).isTrue();
    }
  }

  @Property(tries = 20)
  void changeTheirKeysWhileTheyCarry(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    byte[] first = bytes(random);
    byte[] second = bytes(random);
    try (TlsLink link = new TlsLink(TLS, TLS, random)) {
      link.client().send(first);
      link.run();
      link.client().updateKeys();
      link.server().send(second);
      link.client().send(second);

      link.run();

      assertThat(link.server().received()).endsWith(second);
      assertThat(link.client().received()).isEqualTo(second);
    }
  }

  @Property(tries = 20)
  void refuseWhatWasChangedOnItsWay(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    try (TlsLink link = new TlsLink(TLS, TLS, random)) {
      link.run();
      link.client().send(new byte[1 + random.nextInt(1000)]);
      link.client().spoil();

      assertThatThrownBy(link::run).isInstanceOf(SSLException.class);
      assertThat(link.server().received()).isEmpty();
    }
  }

  @Example
  void letNobodyInWhoRepeatsWhatAMemberHasSent() throws Exception {
    byte[] recorded;
    try (TlsLink link = new TlsLink(TLS, TLS, new Random(1))) {
      link.client().send(new byte[] {1, 2, 3});
      link.run();
      recorded = link.client().sent();
    }
    try (TlsLink link = new TlsLink(TLS, TLS, new Random(2))) {
      link.client().replaceSent(recorded);

      assertThatThrownBy(link::runServer).isInstanceOf(IOException.class);
      assertThat(link.server().received()).isEmpty();
      assertThat(link.server().authenticated()).isFalse();
    }
  }

  @Example
  void endWhenTheOtherSideClosesTls() throws Exception {
    try (TlsLink link = new TlsLink(TLS, TLS, new Random(3))) {
      link.run();
      link.client().closeTls();

      assertThatThrownBy(link::run).isInstanceOf(EOFException.class);
    }
  }

  @Example
  void wakeTheSideThatSendsWhenAHandshakeFails() throws Exception {
    try (TlsLink link = new TlsLink(TLS, TLS, new Random(5))) {
      link.server().write();
      link.client().replaceSent(new byte[] {'H', 'Z', 'C', 4, 0, 0, 0});

      Throwable garbage = catchThrowable(link::runServer);
      assertThat(link.server().encoderIsWoken()).isFalse();

      assertThatThrownBy(() -> link.server().interceptError(garbage))
          .isInstanceOf(EOFException.class);
      assertThat(link.server().encoderIsWoken()).isTrue();
    }
  }

  @Example
  void keepOtherSecretsOutInBothDirections() {
    MemberTls other = MemberTls.of(List.of(OLD));

    assertThatThrownBy(() -> connect(TLS, other)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> connect(other, TLS)).isInstanceOf(IOException.class);
  }

  @Example
  void takeBothSecretsWhileTheyAreChanged() throws Exception {
    MemberTls before = MemberTls.of(List.of(OLD));
    MemberTls first = MemberTls.of(List.of(OLD, NEW));
    MemberTls second = MemberTls.of(List.of(NEW, OLD));

    connect(before, first);
    connect(first, second);
    connect(second, first);
    connect(second, TLS);
  }

  private static void connect(MemberTls client, MemberTls server) throws Exception {
    try (TlsLink link = new TlsLink(client, server, new Random(4))) {
      link.client().send(new byte[] {1});
      link.server().send(new byte[] {2});
      link.run();
      assertThat(link.server().received()).containsExactly(1);
      assertThat(link.client().received()).containsExactly(2);
    }
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(200_000)];
    random.nextBytes(bytes);
    return bytes;
  }
}
