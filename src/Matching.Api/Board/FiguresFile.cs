using System.Globalization;
using System.Text;
using Matching.Api.Figures;
using Matching.Api.Hours;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Board;

/// <summary>The month's figures by site as CSV, with a byte order mark for spreadsheets.</summary>
public static class FiguresFile
{
    public static async Task ServeAsync(HttpContext context, BoardDeeds deeds, Words words)
    {
        var query = context.Request.Query;
        var answer = await deeds.AskAsync<MonthResponse>(new ReadMonthRequest(
            query["site"].Count > 0 ? Id.ParseOrNone(query["site"]) : null, query["month"].ToString() is { Length: > 0 } month ? month : null));
        if (answer.Refusal is { } refusal)
        {
            if (!await BoardProblem.TryWriteAsync(context, refusal))
            {
                await Problem.WriteAsync(context, refusal);
            }

            return;
        }

        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"figures-{answer.Value.Month}.csv\"";
        await using var writer = new StreamWriter(context.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        var head = new[] { "wish.site", "figures.orders", "figures.served", "figures.closed", "figures.unfilled", "figures.hours", "figures.volunteers", "figures.awake" };
        await writer.WriteAsync(string.Join(',', head.Select(key => RegisterFile.Text(words[key]))) + "\r\n");
        foreach (var line in answer.Value.Sites)
        {
            var it = line.Figures;
            await writer.WriteAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{RegisterFile.Text(line.Name)},{it.Orders},{it.Served},{it.Closed},{it.Unfilled},{it.Minutes / 60.0:0.0},{line.Volunteers},{line.Awake}\r\n"));
        }
    }
}
