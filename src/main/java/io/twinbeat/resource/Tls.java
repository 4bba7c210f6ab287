package io.twinbeat.resource;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS for looks at a service. Takes any certificate on purpose: a look asks whether the service
 * lives, not whom to trust; it sends no secret and an expired certificate is no reason to fence.
 */
final class Tls {
  private Tls() {}

  private static final class Context {
    static final SSLContext CONTEXT = context();

    private static SSLContext context() {
      try {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new AnyCertificate()}, null);
        return context;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this Java has no TLS", e);
      }
    }
  }

  static SSLSocket over(Socket plain, Optional<String> host, InetSocketAddress to)
      throws IOException {
    String name = host.map(Tls::withoutPort).orElse(to.getAddress().getHostAddress());
    SSLSocket socket =
        (SSLSocket)
            Context.CONTEXT.getSocketFactory().createSocket(plain, name, to.getPort(), true);
    if (HttpLook.literal(name).isEmpty()) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(name)));
      socket.setSSLParameters(parameters);
    }
    socket.startHandshake();
    return socket;
  }

  /** Loads what the first handshake would load. */
  static void warmUp() {
    Context.CONTEXT.getSocketFactory();
  }

  /** Nor with the dot at the end of a name, which no server name of TLS has (RFC 6066, 3). */
  private static String withoutPort(String host) {
    int end = host.indexOf(']');
    if (host.startsWith("[") && end > 0) {
      return host.substring(1, end);
    }
    int colon = host.indexOf(':');
    String name = colon < 0 ? host : host.substring(0, colon);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private static final class AnyCertificate extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
