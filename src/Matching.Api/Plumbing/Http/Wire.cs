using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Matching.Api.Plumbing.Http;

/// <summary>How values look on the wire: camelCase, ids with a prefix, times with an offset, enums as words; nothing unknown, nothing missing.</summary>
public static class Wire
{
    public static readonly JsonSerializerOptions Json = Make();

    private static JsonSerializerOptions Make()
    {
        var resolver = new DefaultJsonTypeInfoResolver();
        resolver.Modifiers.Add(RequireWhatIsNotNullable);
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            NumberHandling = JsonNumberHandling.Strict,
            MaxDepth = 16,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = resolver,
        };
        options.Converters.Add(new IdConverter());
        options.Converters.Add(new InstantConverter());
        options.Converters.Add(new TextConverter());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.MakeReadOnly();
        return options;
    }

    // A constructor parameter that is not nullable and has no default must be there.
    private static void RequireWhatIsNotNullable(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            // What has no setter is only ever written: messages are made of anonymous objects.
            if (property.Set is not null && property.AssociatedParameter is { HasDefaultValue: false } parameter && !IsNullable(property, parameter))
            {
                property.IsRequired = true;
            }
        }
    }

    private static bool IsNullable(JsonPropertyInfo property, JsonParameterInfo parameter) =>
        property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : parameter.IsNullable;

    /// <summary>What cannot be read as an id is read as the id of nothing: a malformed id is answered like an unknown one.</summary>
    private sealed class IdConverter : JsonConverter<Id>
    {
        public override Id Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String ? Id.ParseOrNone(reader.GetString()) : throw new JsonException("id");

        public override void Write(Utf8JsonWriter writer, Id value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

        public override Id ReadAsPropertyName(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => Id.ParseOrNone(reader.GetString());

        public override void WriteAsPropertyName(Utf8JsonWriter writer, Id value, JsonSerializerOptions options) => writer.WritePropertyName(value.ToString());
    }

    /// <summary>ISO 8601 with an offset; answers are in UTC, to the millisecond.</summary>
    private sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        private static readonly string[] Formats =
        [
            "yyyy-MM-ddTHH:mmzzz", "yyyy-MM-ddTHH:mm:sszzz", "yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz",
            "yyyy-MM-ddTHH:mmZ", "yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mm:ss.FFFFFFFZ",
        ];

        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new JsonException("time");
            }

            var text = reader.GetString()!;
            if (DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant))
            {
                return instant.Year is >= 1900 and < 2200 ? Clocks.Instants.ToMilliseconds(instant) : throw new RefusedValueException(Refusals.FieldOutOfRange);
            }

            throw DateTime.TryParse(text, CultureInfo.InvariantCulture, out _)
                ? new RefusedValueException(Refusals.TimeWithoutOffset)
                : new JsonException("time");
        }

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFZ", CultureInfo.InvariantCulture));
    }

    /// <summary>Text comes back as it came. U+0000 and halves of surrogate pairs would not, so they are refused.</summary>
    private sealed class TextConverter : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new JsonException("text");
            }

            try
            {
                return Storable(reader.GetString()!);
            }
            catch (InvalidOperationException)
            {
                // The reader's own word for half a surrogate pair.
                throw new RefusedValueException(Refusals.TextNotStorable);
            }
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

        public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => Storable(reader.GetString()!);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);
    }

    /// <summary>The text, or a refusal when a column could not give it back.</summary>
    public static string Storable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && !(char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[++i]))))
            {
                throw new RefusedValueException(Refusals.TextNotStorable);
            }
        }

        return text;
    }
}

/// <summary>A value of the request that is refused while it is read; the reader adds where it stood.</summary>
public sealed class RefusedValueException(Refusal refusal) : JsonException(refusal.Code)
{
    public Refusal Refusal { get; } = refusal;
}
