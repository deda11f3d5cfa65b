using System.Text.Json.Serialization.Metadata;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Labels;

/// <summary>The enums that stand in requests and answers: whose values need a label.</summary>
public static class Kinds
{
    private static readonly Lazy<IReadOnlyList<Type>> Found = new(Find);

    /// <summary>By name.</summary>
    public static IReadOnlyList<Type> All => Found.Value;

    private static IReadOnlyList<Type> Find()
    {
        var seen = new HashSet<Type>();
        var waiting = new Stack<Type>(Deeds.All.Where(deed => !deed.DevelopmentOnly).SelectMany(deed => new[] { deed.Request, deed.Response }));
        while (waiting.TryPop(out var next))
        {
            var type = Nullable.GetUnderlyingType(next) ?? next;
            if (!seen.Add(type) || type.IsEnum)
            {
                continue;
            }

            var info = Wire.Json.GetTypeInfo(type);
            foreach (var inner in info.Kind == JsonTypeInfoKind.Object ? info.Properties.Select(property => property.PropertyType) : new[] { info.KeyType, info.ElementType }.OfType<Type>())
            {
                waiting.Push(inner);
            }
        }

        return [.. seen.Where(type => type.IsEnum).OrderBy(type => type.Name, StringComparer.Ordinal)];
    }
}
