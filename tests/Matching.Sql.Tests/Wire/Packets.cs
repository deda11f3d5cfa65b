using System.Buffers.Binary;
using System.Net.Sockets;

namespace Matching.SqlTests.Wire;

/// <summary>What a packet carries, by the number in its header.</summary>
internal enum MessageKind : byte
{
    Batch = 1,
    Call = 3,
    Answer = 4,
    Attention = 6,
    TransactionRequest = 14,
    Login = 16,
    BeforeLogin = 18,
}

/// <summary>A message, its packets put together.</summary>
/// <param name="Resets">The client takes the connection from its pool and wants it as new.</param>
internal sealed record Message(MessageKind Kind, byte[] Body, bool Resets);

/// <summary>Messages over a socket, cut into packets of 4,096 bytes, each with a header of eight.</summary>
internal sealed class Packets(NetworkStream stream)
{
    public const int Size = 4_096;

    private const int HeaderSize = 8;
    private const byte Last = 0x01;
    private const byte Reset = 0x08;

    /// <summary>The next message; null when the client has hung up.</summary>
    public Message? Read()
    {
        var body = new MemoryStream();
        var header = new byte[HeaderSize];
        var resets = false;
        do
        {
            if (stream.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize)
            {
                return null;
            }

            resets |= (header[1] & Reset) != 0;
            var part = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2)) - HeaderSize];
            stream.ReadExactly(part);
            body.Write(part);
        }
        while ((header[1] & Last) == 0);

        return new Message((MessageKind)header[0], body.ToArray(), resets);
    }

    public void Answer(ReadOnlySpan<byte> body)
    {
        var packet = new byte[Size];
        byte number = 0;
        do
        {
            var part = body[..Math.Min(body.Length, Size - HeaderSize)];
            body = body[part.Length..];
            packet[0] = (byte)MessageKind.Answer;
            packet[1] = body.IsEmpty ? Last : (byte)0;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)(part.Length + HeaderSize));
            packet[6] = ++number;
            part.CopyTo(packet.AsSpan(HeaderSize));
            stream.Write(packet.AsSpan(0, part.Length + HeaderSize));
        }
        while (!body.IsEmpty);
    }
}
