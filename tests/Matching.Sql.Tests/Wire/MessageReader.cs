using System.Buffers.Binary;
using System.Text;

namespace Matching.SqlTests.Wire;

/// <summary>Reads a message from its first byte to its last. Numbers stand with their least byte first.</summary>
internal ref struct MessageReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    public readonly bool AtEnd => _rest.IsEmpty;

    public ReadOnlySpan<byte> Take(int count)
    {
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public byte Byte() => Take(1)[0];

    public ushort Short() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public ulong Long() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public string Text(int letters) => Encoding.Unicode.GetString(Take(2 * letters));

    public string Rest() => Encoding.Unicode.GetString(Take(_rest.Length));

    /// <summary>What stands before a batch, a call or a request of a transaction: whose transaction it is, and traces.</summary>
    public void SkipHeaders() => Take(BinaryPrimitives.ReadInt32LittleEndian(_rest));
}
