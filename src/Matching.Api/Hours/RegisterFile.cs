using System.Globalization;
using System.Text;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Hours;

/// <summary>
/// The register as CSV, written as it is read, so that a register of any length takes little memory. With a byte order mark, or spreadsheets take Chinese for
/// something else; and no cell that a spreadsheet would take for a formula.
/// </summary>
public sealed record RegisterFile(bool English, Id After, Func<Id, int, Task<List<RegisterRow>>> ReadAsync)
    : ListSiteHoursResponse([], null), IWritesItself
{
    private const int PageSize = 500;

    private static readonly string[] HeadZh =
        ["服务日期", "志愿者", "志愿者编号", "服务项目", "分钟", "证据等级", "订单", "承接", "冲正", "记入时间", "记入人", "说明", "记录编号", "校验值"];

    private static readonly string[] HeadEn =
    [
        "Day", "Volunteer", "Volunteer id", "Item", "Minutes", "Evidence", "Order", "Assignment", "Reverses", "Written at", "Written by", "Reason", "Entry", "Hash",
    ];

    public string ContentType => "text/csv; charset=utf-8";

    public async Task WriteAsync(HttpContext context, CancellationToken ct)
    {
        context.Response.Headers.ContentDisposition = "attachment; filename=\"hours.csv\"";
        await using var writer = new StreamWriter(context.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        await WriteLineAsync(writer, (English ? HeadEn : HeadZh).Select(Text), ct);
        var after = After;
        while (await ReadAsync(after, PageSize) is { Count: > 0 } page)
        {
            foreach (var row in page)
            {
                await WriteLineAsync(writer, Cells(row), ct);
            }

            after = page[^1].Id;
            await writer.FlushAsync(ct);
        }
    }

    private IEnumerable<string> Cells(RegisterRow row) =>
    [
        row.ServiceDay, Text(row.VolunteerName), row.VolunteerId.ToString(), Text(English ? row.ItemEn : row.ItemZh),
        row.Minutes.ToString(CultureInfo.InvariantCulture), row.Evidence, row.OrderId.ToString(), row.AssignmentId.ToString(),
        row.ReversesId?.ToString() ?? "", row.PostedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        row.PostedBy?.ToString() ?? "", Text(row.Reason ?? ""), row.Id.ToString(), Convert.ToHexStringLower(row.Hash),
    ];

    /// <summary>
    /// What somebody typed, as a cell: quoted, and with an apostrophe before whatever a spreadsheet would begin to reckon with. Figures are ours and may begin
    /// with a minus.
    /// </summary>
    public static string Text(string text)
    {
        var harmless = text.TrimStart() is ['=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠', ..] || text is ['\t' or '\r' or '\n', ..] ? "'" + text : text;
        return $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static Task WriteLineAsync(StreamWriter writer, IEnumerable<string> cells, CancellationToken ct) =>
        writer.WriteAsync($"{string.Join(',', cells)}\r\n".AsMemory(), ct);
}
