using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Xml;

namespace Matching.Api.Imports;

/// <summary>
/// The first sheet of an XLSX workbook, read row by row from a copy on disk: an archive has its table of contents at its end. Numbers, days and yes or no come
/// as the text that a CSV file would hold. Formulas are not worked out: what counts is the value that the spreadsheet left beside them. An archive may hold far
/// more than its size says, so what is unpacked is counted, and external entities are not looked at.
/// </summary>
public sealed class XlsxFile : IRowFile
{
    public const string ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>In bytes, as it is sent. A longer list comes as CSV.</summary>
    public const int LargestFile = 64 * 1024 * 1024;

    /// <summary>In bytes, unpacked: a sheet of half a million volunteers takes a third of it.</summary>
    public const long MostUnpacked = 1024L * 1024 * 1024;

    /// <summary>In bytes, unpacked: texts that cells share are held in memory.</summary>
    public const long MostSharedText = 128L * 1024 * 1024;

    // Between one row, or one shared text, and the next: one cell must not fill the memory.
    private const int MostAtOnce = 4 * 1024 * 1024;

    private const int MostColumns = 100;
    private const int LongestRow = 64 * 1024;
    private const string Workbook = "xl/workbook.xml";

    private readonly FileStream _copy;
    private long _bytesRead;

    private XlsxFile(FileStream copy) => _copy = copy;

    public long BytesRead => _bytesRead;

    public long? Length { get; private set; }

    /// <summary>Takes the whole file in; it lies on disk, unreadable to others, until it is disposed of.</summary>
    public static async Task<Outcome<XlsxFile>> ReceiveAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > LargestFile)
        {
            return Refusals.ImportFileTooLarge;
        }

        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var copy = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), options);
        try
        {
            var chunk = new byte[64 * 1024];
            int read;
            while ((read = await request.Body.ReadAsync(chunk, ct)) > 0)
            {
                await copy.WriteAsync(chunk.AsMemory(0, read), ct);
                if (copy.Length > LargestFile)
                {
                    await copy.DisposeAsync();
                    return Refusals.ImportFileTooLarge;
                }
            }
        }
        catch
        {
            await copy.DisposeAsync();
            throw;
        }

        return new XlsxFile(copy);
    }

    public async IAsyncEnumerable<FileRow> RowsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        var line = 1;
        using var rows = Rows().GetEnumerator();
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                if (!rows.MoveNext())
                {
                    yield break;
                }
            }
            catch (Exception problem) when (problem is InvalidDataException or XmlException or FormatException or OverflowException or ArgumentOutOfRangeException)
            {
                throw new UnreadableFileException(line, Refusals.ImportNotXlsx, problem);
            }
            catch (TooMuchException problem)
            {
                throw new UnreadableFileException(line, Refusals.ImportFileTooLarge, problem);
            }

            line = rows.Current.Line + 1;
            if (rows.Current.Broken.Count > 0 || rows.Current.Cells.Any(cell => cell.Length > 0))
            {
                yield return rows.Current;
            }
        }
    }

    public ValueTask DisposeAsync() => _copy.DisposeAsync();

    private IEnumerable<FileRow> Rows()
    {
        _copy.Position = 0;
        using var archive = new ZipArchive(_copy, ZipArchiveMode.Read, leaveOpen: true);
        var (sheet, since1904) = FirstSheet(archive);
        Length = sheet.Length;
        var shared = SharedTexts(archive);
        var kinds = NumberKinds(archive);
        using var unpacking = new Unpacking(sheet.Open(), MostUnpacked, MostAtOnce);
        using var xml = Open(unpacking);
        var line = 0;
        while (xml.Read())
        {
            if (xml is { NodeType: XmlNodeType.Element, LocalName: "row" })
            {
                unpacking.Mark();
                _bytesRead = unpacking.Count;
                line = xml.GetAttribute("r") is { } number ? int.Parse(number) : line + 1;
                using var row = xml.ReadSubtree();
                yield return Row(row, line, shared, kinds, since1904);
            }
        }
    }

    private static FileRow Row(XmlReader xml, int line, List<string> shared, List<NumberKind> kinds, bool since1904)
    {
        var cells = new List<string>();
        var broken = new List<int>();
        var length = 0;
        var column = -1;
        while (xml.Read())
        {
            if (xml is not { NodeType: XmlNodeType.Element, LocalName: "c" })
            {
                continue;
            }

            column = xml.GetAttribute("r") is { } reference ? ColumnOf(reference) : column + 1;
            if (column >= MostColumns)
            {
                throw new InvalidDataException("Too many columns.");
            }

            while (cells.Count <= column)
            {
                cells.Add("");
            }

            var type = xml.GetAttribute("t");
            var kind = xml.GetAttribute("s") is { } style && int.Parse(style) is var at && at < kinds.Count ? kinds[at] : NumberKind.Plain;
            var (value, hasFormula) = Value(xml);
            if (type == "e" || (hasFormula && value is null))
            {
                broken.Add(column);
                continue;
            }

            cells[column] = type switch
            {
                _ when value is null => "",
                "s" => shared[int.Parse(value)],
                "str" or "inlineStr" => value,
                "b" => value == "1" ? "true" : "false",
                "d" => value.EndsWith("T00:00:00", StringComparison.Ordinal) ? value[..10] : value,
                _ => NumberText.Of(value, kind, since1904),
            };
            length += cells[column].Length;
            if (length > LongestRow)
            {
                throw new TooMuchException();
            }
        }

        return new FileRow(line, [.. cells], broken);
    }

    // The value of the cell at which the reader stands; null where there is none.
    private static (string? Value, bool HasFormula) Value(XmlReader xml)
    {
        if (xml.IsEmptyElement)
        {
            return (null, false);
        }

        string? value = null;
        var hasFormula = false;
        using var cell = xml.ReadSubtree();
        cell.Read();
        cell.Read();
        while (!cell.EOF)
        {
            switch (cell.NodeType == XmlNodeType.Element ? cell.LocalName : "")
            {
                case "f":
                    hasFormula = true;
                    cell.Skip();
                    break;
                case "v":
                    value = cell.ReadElementContentAsString();
                    break;
                case "is":
                    value = TextOf(cell);
                    break;
                default:
                    cell.Read();
                    break;
            }
        }

        return (value, hasFormula);
    }

    // Text in one piece or in several of different looks; how it is spoken is left out.
    private static string TextOf(XmlReader xml)
    {
        var text = new System.Text.StringBuilder();
        using (var item = xml.ReadSubtree())
        {
            item.Read();
            item.Read();
            while (!item.EOF)
            {
                switch (item.NodeType == XmlNodeType.Element ? item.LocalName : "")
                {
                    case "t":
                        text.Append(item.ReadElementContentAsString());
                        break;
                    case "rPh":
                        item.Skip();
                        break;
                    default:
                        item.Read();
                        break;
                }
            }
        }

        xml.Read();
        return text.ToString();
    }

    private static int ColumnOf(string reference)
    {
        var column = 0;
        foreach (var letter in reference.TakeWhile(char.IsAsciiLetterUpper))
        {
            column = checked((column * 26) + letter - 'A' + 1);
        }

        return column > 0 ? column - 1 : throw new InvalidDataException("A cell that says not where it is.");
    }

    private static (ZipArchiveEntry Sheet, bool Since1904) FirstSheet(ZipArchive archive)
    {
        string? relation = null;
        var since1904 = false;
        using (var workbook = Open(Small(Entry(archive, Workbook))))
        {
            while (relation is null && workbook.Read())
            {
                if (workbook.NodeType == XmlNodeType.Element && workbook.LocalName == "workbookPr")
                {
                    since1904 = workbook.GetAttribute("date1904") is "1" or "true";
                }
                else if (workbook.NodeType == XmlNodeType.Element && workbook.LocalName == "sheet")
                {
                    relation = Attribute(workbook, "id");
                }
            }
        }

        using var relations = Open(Small(Entry(archive, "xl/_rels/workbook.xml.rels")));
        while (relations.Read())
        {
            if (relations is { NodeType: XmlNodeType.Element, LocalName: "Relationship" } && relations.GetAttribute("Id") == relation && relation is not null)
            {
                var target = relations.GetAttribute("Target") ?? "";
                return (Entry(archive, target.StartsWith('/') ? target[1..] : "xl/" + target), since1904);
            }
        }

        throw new InvalidDataException("No sheet.");
    }

    // By its local name: the two editions of the standard differ in the namespace.
    private static string? Attribute(XmlReader xml, string name)
    {
        for (var i = 0; i < xml.AttributeCount; i++)
        {
            xml.MoveToAttribute(i);
            if (xml.LocalName == name && xml.Prefix.Length > 0)
            {
                var value = xml.Value;
                xml.MoveToElement();
                return value;
            }
        }

        xml.MoveToElement();
        return null;
    }

    private static List<string> SharedTexts(ZipArchive archive)
    {
        var texts = new List<string>();
        if (archive.GetEntry("xl/sharedStrings.xml") is not { } entry)
        {
            return texts;
        }

        using var unpacking = new Unpacking(entry.Open(), MostSharedText, MostAtOnce);
        using var xml = Open(unpacking);
        while (!xml.EOF)
        {
            if (xml is { NodeType: XmlNodeType.Element, LocalName: "si" })
            {
                unpacking.Mark();
                texts.Add(TextOf(xml));
            }
            else
            {
                xml.Read();
            }
        }

        return texts;
    }

    // What the numbers of each style are.
    private static List<NumberKind> NumberKinds(ZipArchive archive)
    {
        var kinds = new List<NumberKind>();
        if (archive.GetEntry("xl/styles.xml") is not { } entry)
        {
            return kinds;
        }

        var own = new Dictionary<int, string>();
        var inStyles = false;
        using var xml = Open(Small(entry));
        while (xml.Read())
        {
            switch (xml.LocalName)
            {
                case "numFmt" when xml.NodeType == XmlNodeType.Element:
                    own[int.Parse(xml.GetAttribute("numFmtId") ?? "")] = xml.GetAttribute("formatCode") ?? "";
                    break;
                case "cellXfs":
                    inStyles = xml is { NodeType: XmlNodeType.Element, IsEmptyElement: false };
                    break;
                case "xf" when inStyles && xml.NodeType == XmlNodeType.Element:
                    var format = int.Parse(xml.GetAttribute("numFmtId") ?? "0");
                    kinds.Add(own.TryGetValue(format, out var code) ? NumberText.KindOf(code) : NumberText.KindOf(format));
                    break;
            }
        }

        return kinds;
    }

    private static ZipArchiveEntry Entry(ZipArchive archive, string name) => archive.GetEntry(name) ?? throw new InvalidDataException($"No {name}.");

    private static Unpacking Small(ZipArchiveEntry entry) => new(entry.Open(), MostAtOnce, MostAtOnce);

    private static XmlReader Open(Unpacking stream) => XmlReader.Create(
        stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, CloseInput = true });

    /// <summary>More comes out of the archive than anybody needs.</summary>
    private sealed class TooMuchException() : Exception("Too much.");

    /// <summary>What comes out of an archive, counted: its own word for its size need not be true.</summary>
    private sealed class Unpacking(Stream inner, long most, long mostAtOnce) : Stream
    {
        private long _mark;

        public long Count { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, count);
            Count += read;
            return Count <= most && Count - _mark <= mostAtOnce ? read : throw new TooMuchException();
        }

        /// <summary>Something new begins here.</summary>
        public void Mark() => _mark = Count;

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
