package io.twinbeat.lvs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A real server as a process in a network namespace: answers each line, and datagram, with its
 * name.
 */
final class GuestServer {
  private GuestServer() {}

  /** NAME PORT... */
  public static void main(String... args) throws IOException {
    for (int i = 1; i < args.length; i++) {
      int port = Integer.parseInt(args[i]);
      ServerSocket tcp = new ServerSocket(port);
      Thread.ofVirtual().start(() -> accept(tcp, args[0]));
      DatagramSocket udp = new DatagramSocket(port);
      Thread.ofVirtual().start(() -> echo(udp, args[0]));
    }
    System.out.println("ready");
    while (System.in.read() >= 0) {
      // Until whoever started it is gone.
    }
  }

  private static void accept(ServerSocket server, String name) {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> answer(socket, name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void answer(Socket socket, String name) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      while (in.readLine() != null) {
        socket.getOutputStream().write((name + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // The client went away.
    }
  }

  private static void echo(DatagramSocket socket, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        socket.receive(packet);
        socket.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
