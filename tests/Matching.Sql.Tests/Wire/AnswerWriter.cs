using System.Buffers.Binary;
using System.Text;

namespace Matching.SqlTests.Wire;

/// <summary>Writes the tokens of an answer. Numbers stand with their least byte first.</summary>
internal static class AnswerWriter
{
    private const byte Done = 0xFD;
    private const byte DoneProcedure = 0xFE;
    private const byte DoneWithin = 0xFF;

    private const ushort More = 0x01;
    private const ushort Failed = 0x02;
    private const ushort Counted = 0x10;
    private const ushort Interrupted = 0x20;

    public static void Short(this MemoryStream to, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        to.Write(bytes);
    }

    public static void Int(this MemoryStream to, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        to.Write(bytes);
    }

    public static void Long(this MemoryStream to, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        to.Write(bytes);
    }

    public static void ShortText(this MemoryStream to, string text)
    {
        to.WriteByte((byte)text.Length);
        to.Write(Encoding.Unicode.GetBytes(text));
    }

    /// <summary>What is there: the version, no encryption, one request at a time.</summary>
    public static byte[] BeforeLogin()
    {
        (byte Option, byte[] Value)[] options = [(0, [15, 0, 0x07, 0xD0, 0, 0]), (1, [2]), (2, [0]), (3, []), (4, [0])];
        var (heads, values) = (new MemoryStream(), new MemoryStream());
        foreach (var (option, value) in options)
        {
            var at = (5 * options.Length) + 1 + (int)values.Length;
            heads.Write([option, (byte)(at >> 8), (byte)at, 0, (byte)value.Length]);
            values.Write(value);
        }

        heads.WriteByte(0xFF);
        heads.Write(values.ToArray());
        return heads.ToArray();
    }

    public static void Welcome(this MemoryStream to, string database)
    {
        to.Changed(1, database, "master");
        to.Within(0xE3, part => part.Write([7, 5, 0x09, 0x04, 0xD0, 0x00, 0x34, 0]));
        to.Changed(4, $"{Packets.Size}", $"{Packets.Size}");
        to.Within(0xAD, part =>
        {
            // T-SQL of TDS 7.4, spoken by 15.0.2000.
            part.Write([1, 0x74, 0, 0, 4]);
            part.ShortText("Microsoft SQL Server");
            part.Write([15, 0, 0x07, 0xD0]);
        });
    }

    public static void Begun(this MemoryStream to, ulong transaction) => to.Transaction(8, transaction, null);

    public static void Committed(this MemoryStream to, ulong transaction) => to.Transaction(9, null, transaction);

    public static void RolledBack(this MemoryStream to, ulong transaction) => to.Transaction(10, null, transaction);

    public static void Error(this MemoryStream to, ServerError error) => to.Within(0xAA, part =>
    {
        part.Int(error.Number);
        part.Write([error.State, error.Severity]);
        var text = error.Message.Length > 1_000 ? error.Message[..1_000] : error.Message;
        part.Short((ushort)text.Length);
        part.Write(Encoding.Unicode.GetBytes(text));
        part.ShortText("double");
        part.ShortText("");
        part.Int(1);
    });

    public static void Columns(this MemoryStream to, IReadOnlyList<AnswerColumn> columns)
    {
        to.WriteByte(0x81);
        to.Short((ushort)columns.Count);
        foreach (var column in columns)
        {
            to.Int(0);
            to.Short(column.Nullable ? (ushort)0x0009 : (ushort)0x0008);
            WireType.Announce(to, column.Type, column.Nullable);
            to.ShortText(column.Name);
        }
    }

    /// <summary>A row; where something is NULL, with a bit for each column before it.</summary>
    public static void Row(this MemoryStream to, IReadOnlyList<AnswerColumn> columns, IReadOnlyList<object?> values)
    {
        if (values.Contains(null))
        {
            to.WriteByte(0xD2);
            var missing = new byte[(columns.Count + 7) / 8];
            for (var at = 0; at < values.Count; at++)
            {
                if (values[at] is null)
                {
                    missing[at / 8] |= (byte)(1 << (at % 8));
                }
            }

            to.Write(missing);
        }
        else
        {
            to.WriteByte(0xD1);
        }

        foreach (var (column, value) in columns.Zip(values))
        {
            if (value is null && !column.Nullable)
            {
                throw new InvalidCastException($"{column.Name} was announced as NOT NULL, and SQLite yields NULL.");
            }

            if (value is not null)
            {
                WireType.Write(to, column.Type, column.Nullable, value);
            }
        }
    }

    public static void End(this MemoryStream to, Verb verb = Verb.None, long? rows = null, bool failed = false, bool interrupted = false) => to.End(
        Done, (ushort)((failed ? Failed : 0) | (rows is null ? 0 : Counted) | (interrupted ? Interrupted : 0)), verb, rows);

    /// <summary>The end of a statement within a call, of the call's own number, and of the call.</summary>
    public static void EndCall(this MemoryStream to, Verb verb = Verb.None, long? rows = null, int returned = 0, bool failed = false)
    {
        if (verb != Verb.None)
        {
            to.End(DoneWithin, (ushort)(More | (failed ? Failed : 0) | (rows is null ? 0 : Counted)), verb, rows);
        }

        to.WriteByte(0x79);
        to.Int(returned);
        to.End(DoneProcedure, failed ? Failed : (ushort)0, (Verb)0xE0, null);
    }

    private static void End(this MemoryStream to, byte token, ushort status, Verb verb, long? rows)
    {
        to.WriteByte(token);
        to.Short(status);
        to.Short((ushort)verb);
        to.Long((ulong)(rows ?? 0));
    }

    private static void Changed(this MemoryStream to, byte what, string now, string before) => to.Within(0xE3, part =>
    {
        part.WriteByte(what);
        part.ShortText(now);
        part.ShortText(before);
    });

    private static void Transaction(this MemoryStream to, byte what, ulong? now, ulong? before) => to.Within(0xE3, part =>
    {
        part.WriteByte(what);
        foreach (var value in new[] { now, before })
        {
            part.WriteByte(value is null ? (byte)0 : (byte)8);
            if (value is { } number)
            {
                part.Long(number);
            }
        }
    });

    private static void Within(this MemoryStream to, byte token, Action<MemoryStream> write)
    {
        var part = new MemoryStream();
        write(part);
        to.WriteByte(token);
        to.Short((ushort)part.Length);
        to.Write(part.ToArray());
    }
}

/// <summary>What kind of statement ended; the client counts the rows of all but SELECT.</summary>
internal enum Verb : ushort
{
    None = 0,
    Select = 0xC1,
    Insert = 0xC3,
    Delete = 0xC4,
    Update = 0xC5,
}

/// <summary>A no of the server.</summary>
/// <param name="Severity">20 and more end the connection.</param>
public sealed record ServerError(int Number, string Message, byte Severity = 16, byte State = 1);
