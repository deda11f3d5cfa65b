using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Matching.Api.Plumbing.Telemetry;

/// <summary>
/// One JSON object a line, with the trace. What an exception says in words stays out, because nobody knows what a driver quotes: its type, code and stack
/// are enough to find the place.
/// </summary>
public sealed class JsonLines() : ConsoleFormatter(Named)
{
    public const string Named = "json-lines";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            // The machine's real time: a log is read beside other machines' logs.
            json.WriteString("at", TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteString("level", entry.LogLevel.ToString());
            json.WriteString("category", entry.Category);
            json.WriteString("message", entry.Formatter(entry.State, null));
            if (Activity.Current is { } activity)
            {
                json.WriteString("traceId", activity.TraceId.ToHexString());
                json.WriteString("spanId", activity.SpanId.ToHexString());
            }

            if (entry.State is IReadOnlyList<KeyValuePair<string, object?>> values)
            {
                foreach (var (name, value) in values.Where(value => value.Key != "{OriginalFormat}"))
                {
                    WriteValue(json, JsonNamingPolicy.CamelCase.ConvertName(name), value);
                }
            }

            if (entry.Exception is { } problem)
            {
                WriteProblem(json, problem);
            }

            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private static void WriteValue(Utf8JsonWriter json, string name, object? value)
    {
        // Names that the line has already.
        if (name is "at" or "level" or "category" or "message" or "traceId" or "spanId" or "exception")
        {
            return;
        }

        switch (value)
        {
            case int or long or short or byte:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void WriteProblem(Utf8JsonWriter json, Exception problem)
    {
        json.WriteStartArray("exception");
        for (Exception? one = problem; one is not null; one = one.InnerException)
        {
            json.WriteStartObject();
            json.WriteString("type", one.GetType().FullName);
            json.WriteNumber("code", one is DbException { ErrorCode: var code } ? code : one.HResult);
            json.WriteString("stack", one.StackTrace);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
