import { connect, type Socket } from 'node:net';

/**
 * A connection as the client wants it. While a broker is away the client goes on to disconnect a socket that is gone:
 * each `unref` of such a one would wait with another listener for a connection that never comes.
 */
export function openSocket(to: {
  readonly host: string;
  readonly port: number;
  readonly onConnect: () => void;
}): Socket {
  const { host, port, onConnect } = to;
  const socket = connect({ host, port }, onConnect);
  socket.setKeepAlive(true, 60_000);
  socket.setNoDelay(true);
  const unref = socket.unref.bind(socket);
  socket.unref = () => (socket.destroyed ? socket : unref());
  return socket;
}
