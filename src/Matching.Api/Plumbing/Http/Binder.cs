using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Matching.Api.Plumbing.Http;

/// <summary>
/// Reads a request record from the address, the query and the body, the same in both package sets. A name may come from one of them only: what the
/// address says cannot be overruled, and a field that nobody knows is refused.
/// </summary>
public static partial class Binder
{
    private static readonly ConcurrentDictionary<Type, Dictionary<string, PropertyInfo>> Shapes = new();

    public static async Task<(T? Request, byte[] Body, Refusal? Refusal)> BindAsync<T>(HttpContext context, Deed deed, CancellationToken ct)
    {
        var shape = Shapes.GetOrAdd(typeof(T), Describe);
        JsonObject fields = [];
        var body = Array.Empty<byte>();
        try
        {
            if (deed.FileTypes.Count > 0)
            {
                if (!deed.FileTypes.Any(type => IsOfType(context.Request, type)))
                {
                    return (default, body, Refusals.FileTypeWrong);
                }

                if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
                {
                    size.MaxRequestBodySize = null;
                }
            }
            else if (deed.HasBody)
            {
                (body, var refusal) = await ReadBodyAsync(context.Request, deed.BodyLimit, ct);
                if (refusal is not null)
                {
                    return (default, body, refusal);
                }
            }

            if (body.Length > 0 && JsonNode.Parse(body, new JsonNodeOptions { PropertyNameCaseInsensitive = false }, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false }) is JsonObject read)
            {
                fields = read;
            }
            else if (body.Length > 0)
            {
                return (default, body, Refusals.BodyNotJson);
            }

            foreach (var (name, value) in context.Request.RouteValues)
            {
                if (fields.ContainsKey(name) || context.Request.Query.ContainsKey(name))
                {
                    return (default, body, Refusals.FieldUnknown.At(name));
                }

                fields[name] = JsonValue.Create(value as string ?? "");
            }

            foreach (var (name, values) in context.Request.Query)
            {
                // The body's fields stay in the body: a deed with a body takes none from the query.
                if (deed.HasBody || !shape.TryGetValue(name, out var property) || fields.ContainsKey(name))
                {
                    return (default, body, Refusals.FieldUnknown.At(name));
                }

                fields[name] = FromText(property.PropertyType, values!);
            }

            var (made, wrong) = Read(typeof(T), fields);
            return (made is T request ? request : default, body, wrong);
        }
        catch (JsonException problem)
        {
            return (default, body, Explain(problem));
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, found when the text was asked for.
            return (default, body, Refusals.TextNotStorable.At(Unreadable(fields, "") ?? ""));
        }
        catch (ArgumentException)
        {
            // The same name twice.
            return (default, body, Refusals.BodyNotJson);
        }
    }

    /// <summary>A request made of its fields, or why they make none.</summary>
    public static (object? Request, Refusal? Refusal) Read(Type type, JsonObject fields)
    {
        try
        {
            return (fields.Deserialize(type, Wire.Json)!, null);
        }
        catch (RefusedValueException refused)
        {
            return (null, refused.Refusal.At(Field(refused.Path) ?? ""));
        }
        catch (JsonException problem)
        {
            return (null, Explain(problem));
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, found when the text was asked for.
            return (null, Refusals.TextNotStorable.At(Unreadable(fields, "") ?? ""));
        }
    }

    private static bool IsOfType(HttpRequest request, string type) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var given) && given.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase);

    private static async Task<(byte[] Body, Refusal? Refusal)> ReadBodyAsync(HttpRequest request, int limit, CancellationToken ct)
    {
        if (request.ContentLength > limit)
        {
            return ([], Refusals.BodyTooLarge);
        }

        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, ct)) > 0)
        {
            buffer.Write(chunk, 0, read);
            if (buffer.Length > limit)
            {
                return ([], Refusals.BodyTooLarge);
            }
        }

        if (buffer.Length > 0 && !request.HasJsonContentType())
        {
            return ([], Refusals.ContentTypeUnsupported);
        }

        return (buffer.ToArray(), null);
    }

    private static Dictionary<string, PropertyInfo> Describe(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .ToDictionary(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));

    private static JsonNode? FromText(Type type, IReadOnlyList<string?> values)
    {
        var element = type.IsArray ? type.GetElementType() : type.IsGenericType && type != typeof(string) && type.GetGenericTypeDefinition() != typeof(Nullable<>)
            ? type.GetGenericArguments()[0] : null;
        if (element is not null)
        {
            return new JsonArray([.. values.SelectMany(value => (value ?? "").Split(',')).Select(value => One(element, value))]);
        }

        return values.Count == 1 ? One(type, values[0] ?? "") : throw new JsonException("once");
    }

    /// <summary>A value that came as text, as the type wants it.</summary>
    internal static JsonNode? One(Type type, string text)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(bool))
        {
            return text switch { "true" => JsonValue.Create(true), "false" => JsonValue.Create(false), _ => JsonValue.Create(text) };
        }

        if (plain.IsPrimitive && double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _))
        {
            return JsonNode.Parse(text);
        }

        return JsonValue.Create(text);
    }

    // Where the text stands that cannot be read.
    private static string? Unreadable(JsonNode? node, string path)
    {
        switch (node)
        {
            case JsonObject fields:
                return fields.Select(field => Unreadable(field.Value, path.Length == 0 ? field.Key : $"{path}.{field.Key}")).FirstOrDefault(found => found is not null);
            case JsonArray items:
                return items.Select((item, i) => Unreadable(item, $"{path}[{i}]")).FirstOrDefault(found => found is not null);
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                try
                {
                    value.GetValue<string>();
                    return null;
                }
                catch (InvalidOperationException)
                {
                    return path;
                }

            default:
                return null;
        }
    }

    private static Refusal Explain(JsonException problem)
    {
        var field = Field(problem.Path);
        if (Missing().Match(problem.Message) is { Success: true } missing)
        {
            return Refusals.FieldMissing.At(field is null ? missing.Groups[1].Value : $"{field}.{missing.Groups[1].Value}");
        }

        if (Unmapped().Match(problem.Message) is { Success: true } unmapped)
        {
            var name = unmapped.Groups[1].Value;
            return Refusals.FieldUnknown.At(field is null || field == name || field.EndsWith("." + name, StringComparison.Ordinal) ? field ?? name : $"{field}.{name}");
        }

        return field is null && problem.Path is null or "" ? Refusals.BodyNotJson : Refusals.FieldWrongType.At(field ?? "");
    }

    private static string? Field(string? path) => path is null or "$" or "" ? null : path.TrimStart('$').TrimStart('.');

    [GeneratedRegex("missing required properties including: '([^']+)'")]
    private static partial Regex Missing();

    [GeneratedRegex("^The JSON property '([^']+)' could not be mapped")]
    private static partial Regex Unmapped();
}
