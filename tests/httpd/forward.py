#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Lets other network namespaces reach a server that has a Unix socket: takes TCP connections and
passes their bytes on, both ways, until one side ends.

usage: forward.py PORT SOCKET
"""
import socket
import sys
import threading

CHUNK = 65536


def pass_on(source, target):
    try:
        while data := source.recv(CHUNK):
            target.sendall(data)
    except OSError:
        pass
    for side in (source, target):
        try:
            side.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client, path):
    with client, socket.socket(socket.AF_UNIX) as server:
        server.connect(path)
        back = threading.Thread(target=pass_on, args=(server, client), daemon=True)
        back.start()
        pass_on(client, server)
        back.join()


def main():
    port, path = int(sys.argv[1]), sys.argv[2]
    with socket.create_server(("0.0.0.0", port)) as listener:
        while True:
            client, _ = listener.accept()
            threading.Thread(target=serve, args=(client, path), daemon=True).start()


if __name__ == "__main__":
    main()
