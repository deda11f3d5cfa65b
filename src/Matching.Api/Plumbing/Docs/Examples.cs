using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Plumbing.Docs;

/// <summary>One sensible value of every type, made from names and types, always the same.</summary>
public static class Examples
{
    private static readonly DateTimeOffset Morning = new(2026, 5, 8, 1, 30, 0, TimeSpan.Zero);

    // By the end of the property's name. Made-up people, real-looking words.
    private static readonly (string Ending, string Value)[] Texts =
    [
        ("phone", "13900000001"), ("username", "north-station"), ("password", "correct-horse-battery"), ("refreshToken", "r1.3nq0…"), ("accessToken", "eyJhbGciOiJIUzI1NiIs…"),
        ("idNumber", "11010519491231002X"), ("fullName", "陶小满"), ("name", "陶小满"), ("address", "北一社区 3 栋 201"), ("reason", "时间不合适"), ("note", "下午四点以后都在家"),
        ("words", "想请人帮忙换一下客厅的灯泡"), ("text", "想请人帮忙换一下客厅的灯泡"), ("title", "换灯泡"), ("question", "请问灯泡是螺口还是卡口？"), ("answer", "螺口，E27"),
        ("comment", "很耐心，谢谢"), ("cursor", "b3JkLjAxSg"), ("next", "b3JkLjAxSg"), ("timeZone", "Asia/Shanghai"), ("language", "zh-CN"), ("serviceCode", "4821"), ("code", "246810"),
        ("job", "DeliverOutbox"), ("topic", "offer_sent"), ("state", "Dispatching"), ("deed", "AcceptOffer"), ("role", "Volunteer"), ("version", "1"), ("hash", "9f86d081884c7d65"),
        ("issuer", "武陵源区人力资源和社会保障局"), ("number", "2026-0417"), ("url", "https://example.org"), ("tokenType", "Bearer"), ("rule", "skills"), ("field", "note"),
    ];

    private static readonly (string Ending, double Value)[] Numbers =
    [
        ("lat", 29.3457), ("lng", 110.5504), ("accuracyM", 20), ("radiusM", 3_000), ("distanceM", 640), ("minutes", 45), ("seats", 1), ("people", 1), ("stars", 5), ("rating", 5),
        ("level", 2), ("version", 1), ("take", 50), ("share", 0.5), ("score", 0.82), ("weight", 0.15), ("hours", 1.5),
    ];

    public static JsonNode? Of(Type type, string name = "", Type? holder = null, int depth = 0)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(Id))
        {
            return IdNames.Example(IdNames.KindOf(name, holder));
        }

        if (plain == typeof(string))
        {
            return Texts.FirstOrDefault(text => name.EndsWith(text.Ending, StringComparison.OrdinalIgnoreCase)).Value ?? "…";
        }

        if (plain == typeof(DateTimeOffset))
        {
            return JsonSerializer.SerializeToNode(Morning + TimeSpan.FromHours(Later(name)), Wire.Json);
        }

        if (plain.IsEnum)
        {
            return JsonSerializer.SerializeToNode(Enum.GetValues(plain).GetValue(0), plain, Wire.Json);
        }

        if (plain == typeof(bool))
        {
            return true;
        }

        if (plain == typeof(double) || plain == typeof(decimal) || plain == typeof(float))
        {
            return Number(name) ?? 1;
        }

        if (plain == typeof(int) || plain == typeof(long) || plain == typeof(short) || plain == typeof(byte))
        {
            return (long)(Number(name) ?? 1);
        }

        return plain == typeof(DateOnly) ? "2026-05-08" : plain == typeof(TimeOnly) ? "09:30:00" : plain == typeof(TimeSpan) ? "00:45:00" : OfStructure(plain, name, depth);
    }

    private static JsonNode? OfStructure(Type type, string name, int depth)
    {
        var info = Wire.Json.GetTypeInfo(type);
        switch (info.Kind)
        {
            case JsonTypeInfoKind.Enumerable:
                var one = name.EndsWith("ies", StringComparison.Ordinal) ? name[..^3] + "y" : name.EndsWith('s') ? name[..^1] : name;
                return depth > 4 ? new JsonArray() : new JsonArray(Of(info.ElementType!, one, null, depth + 1));
            case JsonTypeInfoKind.Dictionary:
                return depth > 4 ? new JsonObject() : new JsonObject { [Key(info.KeyType!)] = Of(info.ElementType!, name, null, depth + 1) };
            case JsonTypeInfoKind.Object:
                var fields = new JsonObject();
                foreach (var property in info.Properties.Where(property => property.Get is not null && !property.IsExtensionData))
                {
                    // A record within itself ends here.
                    fields[property.Name] = depth > 4 ? null : Of(property.PropertyType, property.Name, type, depth + 1);
                }

                return fields;
            default:
                return new JsonObject();
        }
    }

    private static string Key(Type type) => (string?)Of(type, "key") ?? "key";

    private static double? Number(string name)
    {
        var found = Numbers.FirstOrDefault(number => name.EndsWith(number.Ending, StringComparison.OrdinalIgnoreCase));
        return found.Ending is null ? null : found.Value;
    }

    // A window ends after it begins.
    private static int Later(string name) => name switch
    {
        _ when name.Contains("end", StringComparison.OrdinalIgnoreCase) || name.StartsWith("to", StringComparison.Ordinal) || name.Contains("until", StringComparison.OrdinalIgnoreCase) => 32,
        _ when name.Contains("start", StringComparison.OrdinalIgnoreCase) || name.StartsWith("from", StringComparison.Ordinal) => 30,
        _ => 0,
    };
}
