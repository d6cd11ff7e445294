package io.pgplane.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.testkit.Packets;
import io.pgplane.testkit.ProxyFixture;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A proof with SCRAM-SHA-256-PLUS holds for the TLS connection it was made on, and no other. */
class ChannelBindingIT {
  private static final String HEADER = "p=tls-server-end-point,,";
  private static final String FAILED = "C28000 MSCRAM channel binding check failed";

  @RegisterExtension final ProxyFixture fixture = new ProxyFixture();

  @Test
  void takesTheHashOfItsOwnCertificate() throws Exception {
    assertThat(reaction(HEADER, ChannelBindingIT::endPoint)).contains("Z I");
  }

  @Test
  void refusesTheHashOfAnotherCertificate() throws Exception {
    assertThat(reaction(HEADER, peer -> sha256(RawPackets.bytes("another certificate"))))
        .contains(FAILED);
  }

  @Test
  void refusesNoHash() throws Exception {
    assertThat(reaction(HEADER, peer -> new byte[0])).contains(FAILED);
  }

  @Test
  void refusesHalfAHash() throws Exception {
    assertThat(reaction(HEADER, peer -> Arrays.copyOf(endPoint(peer), 16))).contains(FAILED);
  }

  @Test
  void refusesAHashWithBytesBehindIt() throws Exception {
    assertThat(reaction(HEADER, peer -> Arrays.copyOf(endPoint(peer), 33))).contains(FAILED);
  }

  private interface Binding {
    byte[] of(Dialogue peer) throws IOException;
  }

  private String reaction(String header, Binding binding) throws Exception {
    return new Oracle(fixture.start(Row.setup()))
        .assertSameReaction(
            "this channel binding",
            Transport.TLS,
            peer -> {
              RawScram scram = new RawScram(peer.setup().password(), header, "n=,r=abc");
              String challenge = peer.challenge("SCRAM-SHA-256-PLUS", scram.clientFirst());
              peer.send(Packets.sasl(scram.clientFinal(challenge, binding.of(peer)))).until('Z');
            });
  }

  /** The certificates of both are signed with SHA-256 (RFC 5929, section 4.1). */
  private static byte[] endPoint(Dialogue peer) throws IOException {
    try {
      return sha256(peer.client().peerCertificate().orElseThrow().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static byte[] sha256(byte[] bytes) throws IOException {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }
}
