using System.Text.Json;
using System.Text.Json.Nodes;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Microsoft.AspNetCore.Antiforgery;

namespace Matching.Api.Board;

/// <summary>
/// A button of the board: the fields of a form become the request of a deed by the names that the API has (<c>order.urgency</c>), and the page comes back
/// with what the deed said. <c>_back</c> is the page, <c>_version</c> the version that was read, <c>_undo</c> how it is taken back. A number in a name is a place in a
/// list (<c>orders.0.need</c>); an element of which nothing is filled in is none.
/// </summary>
public static class DeedForm
{
    public static async Task TakeAsync(
        HttpContext context, string deed, IAntiforgery antiforgery, BoardDeeds deeds, SaidOnce once, Caller caller, PolicyStore policies)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            GoBack(context, BoardPart.Prefix, Refusals.FormExpired);
            return;
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var back = form["_back"].ToString();
        if (BoardDeeds.Named(deed) is not { FileTypes.Count: 0 } described || (described.Verb == "GET" && !Shown.IsLookedAtOnce(described.Response)))
        {
            GoBack(context, back, Refusals.RouteUnknown);
            return;
        }

        var zone = caller.CenterId.IsNone ? Policies.Policy.Default.TimeZone : (await policies.CurrentAsync(caller.CenterId)).TimeZone;
        var (request, malformed) = Binder.Read(described.Request, Fields(form, described.Request, zone));
        if (malformed is not null)
        {
            GoBack(context, back, malformed);
            return;
        }

        var version = int.TryParse(form["_version"], out var read) ? read : (int?)null;
        if (described.NeedsIfMatch && version is null)
        {
            GoBack(context, back, Refusals.IfMatchNeeded);
            return;
        }

        var outcome = await deeds.AskAsync(described, request!, version);
        if (outcome.Refusal is null)
        {
            once.Leave(context, described.Name, Shown.Of(outcome.Answer), Undo.Read(form["_undo"].ToString()));
        }

        GoBack(context, outcome.Refusal is null && form["_next"].ToString() is { Length: > 0 } next ? next : back, outcome.Refusal, described);
    }

    /// <summary>To a page of the board, with what is to be said there.</summary>
    public static void GoBack(HttpContext context, string back, Refusal? refusal, Deed? done = null)
    {
        var page = BoardPart.PageOr(back);
        var hash = page.IndexOf('#', StringComparison.Ordinal);
        var anchor = hash < 0 ? "" : page[hash..];
        var address = hash < 0 ? page : page[..hash];
        var query = refusal is null ? $"done={done?.Name}" : $"refused={refusal.Code}&field={Uri.EscapeDataString(refusal.Field ?? "")}";
        context.Response.Redirect($"{Without(address)}{(Without(address).Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}{anchor}");
    }

    private static string Without(string address)
    {
        var mark = address.IndexOf('?', StringComparison.Ordinal);
        if (mark < 0)
        {
            return address;
        }

        var kept = address[(mark + 1)..].Split('&').Where(part => part.Split('=')[0] is not ("done" or "refused" or "field")).ToList();
        return kept.Count == 0 ? address[..mark] : $"{address[..mark]}?{string.Join('&', kept)}";
    }

    private static JsonObject Fields(IFormCollection form, Type type, TimeZoneInfo zone)
    {
        var fields = new JsonObject();
        var elements = new Dictionary<string, JsonObject>();
        // In the order of their names, so that the elements of a list come one after another.
        foreach (var (name, values) in form.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            var given = values.Where(value => !string.IsNullOrWhiteSpace(value)).ToList();
            if (!name.StartsWith('_') && given.Count > 0)
            {
                Put(fields, elements, name.Split('.'), type, given!, zone);
            }
        }

        return fields;
    }

    private static void Put(JsonObject fields, Dictionary<string, JsonObject> elements, string[] path, Type type, IReadOnlyList<string> values, TimeZoneInfo zone)
    {
        for (var i = 0; ; i++)
        {
            var property = Wire.Json.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type).Properties.FirstOrDefault(one => one.Name == path[i]);
            if (property is null)
            {
                // The reading says which field nobody knows.
                fields[path[i]] = values[0];
                return;
            }

            if (i == path.Length - 1)
            {
                fields[path[i]] = Leaf(property.PropertyType, values, zone);
                return;
            }

            type = property.PropertyType;
            if (IsList(type) && i + 2 < path.Length && int.TryParse(path[i + 1], out _))
            {
                var place = string.Join('.', path[..(i + 2)]);
                if (!elements.TryGetValue(place, out var element))
                {
                    if ((fields[path[i]] ??= new JsonArray()) is not JsonArray list)
                    {
                        return;
                    }

                    list.Add(element = []);
                    elements[place] = element;
                }

                fields = element;
                type = type.GetGenericArguments()[0];
                i++;
                continue;
            }

            if ((fields[path[i]] ??= new JsonObject()) is not JsonObject inner)
            {
                return;
            }

            fields = inner;
        }
    }

    private static JsonNode? Leaf(Type type, IReadOnlyList<string> values, TimeZoneInfo zone) =>
        IsList(type)
            ? new JsonArray([.. values.Select(value => One(type.GetGenericArguments()[0], value, zone))])
            : One(type, values[0], zone);

    private static bool IsList(Type type) => type.IsGenericType && type.IsAssignableTo(typeof(System.Collections.IEnumerable)) && type != typeof(string);

    private static JsonNode? One(Type type, string text, TimeZoneInfo zone)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(bool) && text == "on")
        {
            return true;
        }

        try
        {
            return Value(plain, text, zone);
        }
        catch (JsonException)
        {
            // As it came: the reading says what is wrong with it.
            return JsonValue.Create(text);
        }
    }

    private static JsonNode? Value(Type type, string text, TimeZoneInfo zone)
    {
        // An element with fields of its own, as an option of a list carries it.
        if (text.StartsWith('{') && type.IsClass && type != typeof(string))
        {
            return JsonNode.Parse(text);
        }

        // A browser's field for day and time knows no offset; the center's clock is meant.
        return type == typeof(DateTimeOffset) && DateTime.TryParseExact(
            text, ["yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss"], System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var local)
            ? JsonSerializer.SerializeToNode(LocalTime.At(DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local), zone), Wire.Json)
            : Binder.One(type, text);
    }
}
