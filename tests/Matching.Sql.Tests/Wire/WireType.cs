using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Matching.SqlTests.Wire;

/// <summary>
/// A column's or parameter's type as it is spelled in bytes, and its values as SQLite keeps them. Times lie in SQLite as the embedded database writes them, so that
/// they sort alike. A type that is not here is refused: the product has no column of it.
/// </summary>
internal static class WireType
{
    public const string Utc = "yyyy-MM-ddTHH:mm:ss.fffZ";

    private const byte Bit = 0x32;
    private const byte Int = 0x38;
    private const byte Float = 0x3E;
    private const byte BigInt = 0x7F;
    private const byte IntOrNull = 0x26;
    private const byte Instant = 0x2B;
    private const byte LongText = 0x63;
    private const byte BitOrNull = 0x68;
    private const byte FloatOrNull = 0x6D;
    private const byte VarBinary = 0xA5;
    private const byte Binary = 0xAD;
    private const byte NVarChar = 0xE7;
    private const ushort Max = 0xFFFF;
    private const ulong NoChunks = ulong.MaxValue;

    // Latin1_General_100_BIN2 or another: the client only hands it back.
    private static readonly byte[] Collation = [0x09, 0x04, 0xD0, 0x00, 0x34];

    /// <summary>One parameter's value, its type read before it.</summary>
    public static object? Read(ref MessageReader from)
    {
        var type = from.Byte();
        switch (type)
        {
            case IntOrNull or BitOrNull or FloatOrNull:
                from.Byte();
                var number = from.Take(from.Byte());
                return (type, number.Length) switch
                {
                    (_, 0) => null,
                    (BitOrNull, _) => (long)number[0],
                    (FloatOrNull, 8) => BinaryPrimitives.ReadDoubleLittleEndian(number),
                    (IntOrNull, 1) => (long)number[0],
                    (IntOrNull, 2) => (long)BinaryPrimitives.ReadInt16LittleEndian(number),
                    (IntOrNull, 4) => (long)BinaryPrimitives.ReadInt32LittleEndian(number),
                    (IntOrNull, 8) => BinaryPrimitives.ReadInt64LittleEndian(number),
                    _ => throw new NotSupportedException($"A number of {number.Length} bytes."),
                };
            case NVarChar:
                var isLongText = from.Short() == Max;
                from.Take(Collation.Length);
                return Bytes(ref from, isLongText) is { } text ? Encoding.Unicode.GetString(text) : null;
            case LongText:
                // How the driver sends a statement of more than 4,000 letters.
                from.Int();
                from.Take(Collation.Length);
                return from.Int() is var bytes and >= 0 ? from.Text(bytes / 2) : null;
            case Binary or VarBinary:
                return Bytes(ref from, from.Short() == Max);
            case Instant:
                var scale = from.Byte();
                return ReadInstant(from.Take(from.Byte()), scale);
            default:
                throw new NotSupportedException($"Parameters of type 0x{type:X2} are not known here, because no column takes them.");
        }
    }

    /// <summary>A column's type, as SQL Server announces it: of fixed length where NULL cannot come.</summary>
    public static void Announce(MemoryStream to, string type, bool nullable)
    {
        var (name, length) = Parse(type);
        switch (name, nullable)
        {
            case ("BIT", false):
                to.WriteByte(Bit);
                break;
            case ("INT", false):
                to.WriteByte(Int);
                break;
            case ("BIGINT", false):
                to.WriteByte(BigInt);
                break;
            case ("FLOAT", false):
                to.WriteByte(Float);
                break;
            case ("BIT", true):
                to.Write([BitOrNull, 1]);
                break;
            case ("INT", true):
                to.Write([IntOrNull, 4]);
                break;
            case ("BIGINT", true):
                to.Write([IntOrNull, 8]);
                break;
            case ("FLOAT", true):
                to.Write([FloatOrNull, 8]);
                break;
            case ("NVARCHAR", _):
                to.WriteByte(NVarChar);
                to.Short(length is null ? Max : (ushort)(2 * length));
                to.Write(Collation);
                break;
            case ("BINARY" or "VARBINARY", _):
                to.WriteByte(name == "BINARY" ? Binary : VarBinary);
                to.Short((ushort?)length ?? Max);
                break;
            case ("DATETIMEOFFSET", _):
                to.Write([Instant, (byte)(length ?? 7)]);
                break;
            default:
                throw new NotSupportedException($"'{type}' is no type of a column.");
        }
    }

    /// <summary>A value as SQLite yields it, under the type that was announced. One that is of another type fails: SQL Server could not have yielded it.</summary>
    public static void Write(MemoryStream to, string type, bool nullable, object value)
    {
        var (name, length) = Parse(type);
        switch (name)
        {
            case "BIT":
                Number(to, nullable, [(byte)(Whole(value) is var bit and (0 or 1) ? bit : throw Foreign(type, value))]);
                break;
            case "INT":
                var small = new byte[4];
                BinaryPrimitives.WriteInt32LittleEndian(small, checked((int)Whole(value)));
                Number(to, nullable, small);
                break;
            case "BIGINT":
                var large = new byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(large, Whole(value));
                Number(to, nullable, large);
                break;
            case "FLOAT":
                var fraction = new byte[8];
                BinaryPrimitives.WriteDoubleLittleEndian(fraction, value is double exact ? exact : Whole(value));
                Number(to, nullable, fraction);
                break;
            case "NVARCHAR":
                Bytes(to, Encoding.Unicode.GetBytes(value as string ?? throw Foreign(type, value)), 2 * length, type);
                break;
            case "BINARY" or "VARBINARY":
                var bytes = value as byte[] ?? throw Foreign(type, value);
                if (name == "BINARY" && bytes.Length != length)
                {
                    throw Foreign(type, value);
                }

                Bytes(to, bytes, length, type);
                break;
            case "DATETIMEOFFSET":
                var instant = WriteInstant(value as string ?? throw Foreign(type, value), length ?? 7);
                to.WriteByte((byte)instant.Length);
                to.Write(instant);
                break;
            default:
                throw Foreign(type, value);
        }

        long Whole(object given) => given as long? ?? throw Foreign(type, given);
    }


    private static (string Name, int? Length) Parse(string type)
    {
        var open = type.IndexOf('(', StringComparison.Ordinal);
        return open < 0 ? (type, null) : (type[..open], int.TryParse(type.AsSpan(open + 1, type.Length - open - 2), out var length) ? length : null);
    }

    private static InvalidCastException Foreign(string type, object value) => new($"{type} was announced, and SQLite yields {value.GetType().Name}: {value}");

    private static byte[]? Bytes(ref MessageReader from, bool inChunks)
    {
        if (!inChunks)
        {
            var length = from.Short();
            return length == Max ? null : from.Take(length).ToArray();
        }

        if (from.Long() == NoChunks)
        {
            return null;
        }

        var whole = new MemoryStream();
        while (from.Int() is var length and > 0)
        {
            whole.Write(from.Take(length));
        }

        return whole.ToArray();
    }

    private static void Number(MemoryStream to, bool nullable, byte[] value)
    {
        if (nullable)
        {
            to.WriteByte((byte)value.Length);
        }

        to.Write(value);
    }

    private static void Bytes(MemoryStream to, byte[] value, int? most, string type)
    {
        if (most is null)
        {
            to.Long((ulong)value.Length);
            if (value.Length > 0)
            {
                to.Int(value.Length);
                to.Write(value);
            }

            to.Int(0);
            return;
        }

        if (value.Length > most)
        {
            throw new InvalidCastException($"{type} was announced, and SQLite yields {value.Length} bytes.");
        }

        to.Short((ushort)value.Length);
        to.Write(value);
    }

    // Units of the scale since midnight, then days since the year 1, both of UTC; then the minutes by which it was told.
    private static string? ReadInstant(ReadOnlySpan<byte> value, int scale)
    {
        if (value.IsEmpty)
        {
            return null;
        }

        var time = value[..^5];
        long units = 0;
        for (var at = time.Length - 1; at >= 0; at--)
        {
            units = (units << 8) | time[at];
        }

        var ticks = units * (long)Math.Pow(10, 7 - scale);
        if (ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            throw new NotSupportedException("A time finer than a millisecond was sent: SQL Server would round it where SQLite cuts it.");
        }

        var days = value[^5] | (value[^4] << 8) | (value[^3] << 16);
        return new DateTime(days * TimeSpan.TicksPerDay, DateTimeKind.Utc).AddTicks(ticks).ToString(Utc, CultureInfo.InvariantCulture);
    }

    private static byte[] WriteInstant(string text, int scale)
    {
        var instant = DateTime.ParseExact(text, Utc, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
        var units = instant.TimeOfDay.Ticks / (long)Math.Pow(10, 7 - scale);
        var width = scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
        var value = new byte[width + 5];
        for (var at = 0; at < width; at++)
        {
            value[at] = (byte)(units >> (8 * at));
        }

        var days = (int)(instant.Date.Ticks / TimeSpan.TicksPerDay);
        (value[width], value[width + 1], value[width + 2]) = ((byte)days, (byte)(days >> 8), (byte)(days >> 16));
        return value;
    }
}
