package io.twinbeat.lvs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** A client as a process in a network namespace, steered by lines: keeps connections open. */
final class GuestClient {
  private static final int LIMIT_MILLIS = 3000;
  private static final String ANY = "";
  private static final Map<String, Socket> OPEN = new HashMap<>();

  private GuestClient() {}

  public static void main(String... args) throws IOException {
    System.out.println("ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", -1);
      String answer;
      try {
        answer =
            switch (words[0]) {
              case "open" -> {
                OPEN.put(words[1], connected(words[2], words[3], ANY));
                yield said(OPEN.get(words[1]));
              }
              case "say" -> said(OPEN.get(words[1]));
              case "close" -> {
                OPEN.remove(words[1]).close();
                yield "";
              }
              case "once" -> {
                try (Socket socket =
                    connected(words[1], words[2], words.length > 3 ? words[3] : ANY)) {
                  yield said(socket);
                }
              }
              case "udp" -> datagrams(words[1], words[2], 1);
              case "datagrams" -> datagrams(words[1], words[2], Integer.parseInt(words[3]));
              default -> throw new IOException("no such order: " + line);
            };
      } catch (IOException e) {
        answer = "error " + e.getMessage();
      }
      System.out.println(answer);
    }
  }

  /** From that address of this machine. */
  private static Socket connected(String ip, String port, String from) throws IOException {
    Socket socket = new Socket();
    if (!from.equals(ANY)) {
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
    }
    socket.connect(
        new InetSocketAddress(InetAddress.ofLiteral(ip), Integer.parseInt(port)), LIMIT_MILLIS);
    socket.setSoTimeout(LIMIT_MILLIS);
    return socket;
  }

  private static String said(Socket socket) throws IOException {
    socket.getOutputStream().write('\n');
    StringBuilder answer = new StringBuilder();
    for (int c = socket.getInputStream().read(); c != '\n'; c = socket.getInputStream().read()) {
      if (c < 0) {
        throw new IOException("closed");
      }
      answer.append((char) c);
    }
    return answer.toString();
  }

  /** All from one port, one after the other; the answers. */
  private static String datagrams(String ip, String port, int count) throws IOException {
    StringBuilder answers = new StringBuilder();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(LIMIT_MILLIS);
      for (int i = 0; i < count; i++) {
        socket.send(
            new DatagramPacket(new byte[1], 1, InetAddress.ofLiteral(ip), Integer.parseInt(port)));
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        socket.receive(packet);
        String answer = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
        answers.append(i == 0 ? "" : " ").append(answer);
      }
    }
    return answers.toString();
  }
}
