using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Matching.Api.Plumbing.Http;
using Microsoft.OpenApi;

namespace Matching.Api.Plumbing.Docs;

/// <summary>
/// Types as JSON Schema, read from the very contract that <see cref="Wire"/> serialises with: names, what is required, what may be null. Records and
/// enums become components, everything else stands where it is used.
/// </summary>
public sealed class Schemas(OpenApiDocument document, XmlDocs docs, ShapeRules rules)
{
    // What lists have in common, said once.
    private static readonly Dictionary<string, string> OfEveryList = new()
    {
        ["cursor"] = "The next of the page before; left out: the first page.",
        ["take"] = "How many rows a page has.",
    };

    private readonly Dictionary<string, Type> _names = new();
    private readonly HashSet<Type> _sent = [];

    /// <summary>Says that callers send values of this type: what may be left out then follows the reader, not the writer.</summary>
    public void Sends(Type type)
    {
        var info = InfoOf(type);
        if (info is null || !_sent.Add(info.Type))
        {
            return;
        }

        foreach (var property in info.Properties)
        {
            Sends(property.PropertyType);
        }

        if (info.ElementType is { } element)
        {
            Sends(element);
        }
    }

    /// <summary>The schema of a type where it is used.</summary>
    public IOpenApiSchema Of(Type type, string name = "", Type? holder = null, bool nullable = false)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Of(inner, name, holder, nullable: true);
        }

        if (Plain(type, name, holder) is { } plain)
        {
            plain.Type |= nullable ? JsonSchemaType.Null : 0;
            return plain;
        }

        if (type.IsEnum)
        {
            return Reference(type, Words, nullable);
        }

        var info = Wire.Json.GetTypeInfo(type);
        switch (info.Kind)
        {
            case JsonTypeInfoKind.Enumerable:
                return new OpenApiSchema
                {
                    Type = JsonSchemaType.Array | (nullable ? JsonSchemaType.Null : 0),
                    Items = Of(info.ElementType!, name, holder),
                };
            case JsonTypeInfoKind.Dictionary:
                return new OpenApiSchema
                {
                    Type = JsonSchemaType.Object | (nullable ? JsonSchemaType.Null : 0),
                    AdditionalProperties = Of(info.ElementType!, name, holder),
                };
            case JsonTypeInfoKind.Object:
                return Reference(type, record => Record(record, []), nullable);
            default:
                // Any JSON.
                return new OpenApiSchema();
        }
    }

    /// <summary>The body of a request: its record without what the address says. Null when nothing is left.</summary>
    public IOpenApiSchema? Body(Type request, IReadOnlyCollection<string> inRoute) => Record(request, inRoute) is { Properties.Count: > 0 } schema ? schema : null;

    /// <summary>A request's field on its own, with its limits, as a parameter of the address or the query has it.</summary>
    public OpenApiParameter Parameter(Type request, JsonPropertyInfo property, ParameterLocation location)
    {
        var schema = Property(request, property);
        if (location == ParameterLocation.Query && schema is OpenApiSchema { Type: { } type } own)
        {
            // Left out, not null.
            own.Type = type & ~JsonSchemaType.Null;
        }

        return new OpenApiParameter
        {
            Name = property.Name,
            In = location,
            Required = location == ParameterLocation.Path || IsRequired(request, property),
            Description = docs.Of(request, ClrName(property)) ?? OfEveryList.GetValueOrDefault(property.Name),
            Schema = schema,
            Example = location == ParameterLocation.Path ? Examples.Of(property.PropertyType, property.Name, request) : null,
            Explode = schema is OpenApiSchema { Items: not null } ? false : true,
        };
    }

    private OpenApiSchema Record(Type type, IReadOnlyCollection<string> without)
    {
        var sent = _sent.Contains(type);
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = docs.Of(type),
            Properties = new Dictionary<string, IOpenApiSchema>(),
            Required = new SortedSet<string>(StringComparer.Ordinal),
            // A field that nobody knows is refused.
            AdditionalPropertiesAllowed = !sent,
        };
        foreach (var property in Wire.Json.GetTypeInfo(type).Properties.Where(property => !without.Contains(property.Name)))
        {
            schema.Properties[property.Name] = Property(type, property);
            if (IsRequired(type, property))
            {
                schema.Required.Add(property.Name);
            }
        }

        return schema;
    }

    private IOpenApiSchema Property(Type holder, JsonPropertyInfo property)
    {
        var clrName = ClrName(property);
        var nullable = !property.PropertyType.IsValueType && (_sent.Contains(holder) ? property.IsSetNullable : property.IsGetNullable);
        var schema = Of(property.PropertyType, property.Name, holder, nullable && !rules.Requires(holder, clrName));
        if (schema is OpenApiSchema own)
        {
            own.Description ??= docs.Of(holder, clrName);
            rules.Limit(holder, clrName, own);
            if (property.AssociatedParameter is { HasDefaultValue: true, DefaultValue: { } value } && _sent.Contains(holder))
            {
                own.Default = JsonSerializer.SerializeToNode(value, property.PropertyType, Wire.Json);
            }
        }
        else if (schema is OpenApiSchemaReference reference)
        {
            reference.Description = docs.Of(holder, clrName);
        }

        return schema;
    }

    // What callers send may be left out where it has a default or may be null; what we send is always all there.
    private bool IsRequired(Type holder, JsonPropertyInfo property) =>
        _sent.Contains(holder) ? property.IsRequired || (MayBeNull(property) && rules.Requires(holder, ClrName(property))) : property.ShouldSerialize is null;

    private static bool MayBeNull(JsonPropertyInfo property) => !property.PropertyType.IsValueType || Nullable.GetUnderlyingType(property.PropertyType) is not null;

    private static string ClrName(JsonPropertyInfo property) => (property.AttributeProvider as System.Reflection.MemberInfo)?.Name ?? property.Name;

    private OpenApiSchema Words(Type type)
    {
        var lines = Enum.GetNames(type)
            .Select(word => (Word: JsonNamingPolicy.CamelCase.ConvertName(word), Meaning: docs.OfWord(type, word)))
            .Where(word => word.Meaning is not null)
            .Select(word => $"- `{word.Word}`: {word.Meaning}");
        return new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Description = string.Join("\n", new[] { docs.Of(type) ?? type.Name, "" }.Concat(lines)).Trim(),
            Enum = Enum.GetNames(type).Select(word => (JsonNode)JsonNamingPolicy.CamelCase.ConvertName(word)).ToList(),
        };
    }

    private IOpenApiSchema Reference(Type type, Func<Type, OpenApiSchema> write, bool nullable)
    {
        var name = NameOf(type);
        document.Components!.Schemas ??= new SortedDictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        if (_names.TryAdd(name, type))
        {
            // Named before it is written: a record may hold itself.
            document.Components.Schemas[name] = new OpenApiSchema();
            document.Components.Schemas[name] = write(type);
        }
        else if (_names[name] != type)
        {
            throw new InvalidOperationException($"{type.FullName} and {_names[name].FullName} would both be the schema '{name}'. Rename one of them.");
        }

        var reference = new OpenApiSchemaReference(name, document);
        return nullable ? new OpenApiSchema { OneOf = [reference, new OpenApiSchema { Type = JsonSchemaType.Null }] } : reference;
    }

    private static string NameOf(Type type) => type.IsGenericType
        ? type.Name[..type.Name.IndexOf('`')] + "Of" + string.Concat(type.GetGenericArguments().Select(NameOf))
        : type.IsNested ? NameOf(type.DeclaringType!) + type.Name : type.Name;

    private static OpenApiSchema? Plain(Type type, string name, Type? holder) => type switch
    {
        _ when type == typeof(Id) => OfId(IdNames.KindOf(name, holder)),
        _ when type == typeof(string) => new OpenApiSchema { Type = JsonSchemaType.String },
        _ when type == typeof(bool) => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        _ when type == typeof(int) || type == typeof(short) || type == typeof(byte) => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
        _ when type == typeof(long) => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" },
        _ when type == typeof(double) || type == typeof(float) => new OpenApiSchema { Type = JsonSchemaType.Number, Format = "double" },
        _ when type == typeof(decimal) => new OpenApiSchema { Type = JsonSchemaType.Number },
        _ when type == typeof(DateTimeOffset) => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
        _ when type == typeof(DateOnly) => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date" },
        _ when type == typeof(TimeOnly) => new OpenApiSchema { Type = JsonSchemaType.String, Format = "time" },
        _ when type == typeof(TimeSpan) => new OpenApiSchema { Type = JsonSchemaType.String, Pattern = @"^-?(\d+\.)?\d{2}:\d{2}:\d{2}(\.\d+)?$" },
        _ => null,
    };

    private static OpenApiSchema OfId(IdKind kind) => new()
    {
        Type = JsonSchemaType.String,
        Pattern = IdNames.Pattern(kind),
        Examples = [IdNames.Example(kind)],
    };

    private static JsonTypeInfo? InfoOf(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsEnum || Plain(plain, "", null) is not null ? null : Wire.Json.GetTypeInfo(plain);
    }
}
