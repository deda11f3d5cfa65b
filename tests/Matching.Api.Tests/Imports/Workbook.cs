using System.IO.Compression;
using System.Security;
using System.Text;

namespace Matching.Api.Tests.Imports;

/// <summary>An XLSX workbook as spreadsheets write them, small enough to read.</summary>
public sealed class Workbook
{
    public const string ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    private readonly StringBuilder _rows = new();
    private readonly List<string> _shared = [];
    private int _row;

    /// <summary>A day is counted from the end of 1899.</summary>
    public static int Serial(DateOnly day) => day.DayNumber - new DateOnly(1899, 12, 30).DayNumber;

    /// <summary>A row of cells: texts are shared; what begins with <c>&lt;c</c> stands as it is, with <c>{at}</c> for where it is; null is no cell at all.</summary>
    public Workbook Row(params string?[] cells)
    {
        _row++;
        _rows.Append($"<row r=\"{_row}\">");
        for (var i = 0; i < cells.Length; i++)
        {
            var at = $"{(char)('A' + i)}{_row}";
            if (cells[i] is { } cell)
            {
                _rows.Append(cell.StartsWith("<c", StringComparison.Ordinal) ? cell.Replace("{at}", at, StringComparison.Ordinal) : $"<c r=\"{at}\" t=\"s\"><v>{Shared(cell)}</v></c>");
            }
        }

        _rows.Append("</row>");
        return this;
    }

    public Workbook Skip()
    {
        _row++;
        return this;
    }

    public static string Number(double value, int style = 0) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"<c r=\"{{at}}\" s=\"{style}\"><v>{value:R}</v></c>");

    /// <summary>Style 1 is a day of the standard's, 2 a Chinese day that somebody wrote, 3 a time.</summary>
    public static string Day(DateOnly day, int style = 1) => Number(Serial(day), style);

    public byte[] Bytes(string? sheet = null, string? shared = null)
    {
        const string Main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            Write(archive, "xl/workbook.xml", $"<workbook {Main} xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"名单\" sheetId=\"7\" r:id=\"rId3\"/></sheets></workbook>");
            Write(archive, "xl/_rels/workbook.xml.rels", "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId3\" Type=\"x\" Target=\"worksheets/sheet1.xml\"/></Relationships>");
            Write(archive, "xl/styles.xml", $"<styleSheet {Main}><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/></numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
                + "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"20\"/></cellXfs></styleSheet>");
            Write(archive, "xl/sharedStrings.xml", shared ?? $"<sst {Main}>{string.Concat(_shared.Select(text => $"<si><t xml:space=\"preserve\">{SecurityElement.Escape(text)}</t></si>"))}</sst>");
            Write(archive, "xl/worksheets/sheet1.xml", sheet ?? $"<worksheet {Main}><sheetData>{_rows}</sheetData></worksheet>");
        }

        return memory.ToArray();
    }

    /// <summary>An archive of which one part unpacks to so many bytes of the same: text after text or row after row, or one that does not end.</summary>
    public static byte[] Bomb(string part, string opening, string again, long unpacked)
    {
        using var memory = new MemoryStream();
        memory.Write(new Workbook().Row("name").Bytes());
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Update, leaveOpen: true))
        {
            archive.GetEntry(part)!.Delete();
        }

        using (var archive = new ZipArchive(memory, ZipArchiveMode.Update, leaveOpen: true))
        {
            using var entry = archive.CreateEntry(part, CompressionLevel.Fastest).Open();
            entry.Write(Encoding.ASCII.GetBytes(opening));
            var nothing = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(again, 1024 * 1024 / again.Length)));
            for (var written = 0L; written < unpacked; written += nothing.Length)
            {
                entry.Write(nothing);
            }
        }

        return memory.ToArray();
    }

    private int Shared(string text)
    {
        _shared.Add(text);
        return _shared.Count - 1;
    }

    private static void Write(ZipArchive archive, string name, string text)
    {
        using var entry = archive.CreateEntry(name).Open();
        entry.Write(Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>" + text));
    }
}
