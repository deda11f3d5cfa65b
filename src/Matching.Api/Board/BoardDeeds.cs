using Matching.Api.Plumbing.Http;

namespace Matching.Api.Board;

/// <summary>Asks deeds of the API for a page: the same rights, the same checks, the same answers as over HTTP.</summary>
public sealed class BoardDeeds(IHttpContextAccessor accessor)
{
    // A request belongs to one deed.
    private static readonly Dictionary<Type, Deed> ByRequest = Deeds.All.ToDictionary(deed => deed.Request);

    private static readonly Dictionary<string, Deed> ByName = Deeds.All.ToDictionary(deed => deed.Name);

    public static Deed? Named(string name) => ByName.GetValueOrDefault(name);

    /// <param name="ifMatch">The version that was read, for what staff edit.</param>
    public async Task<Outcome<TResponse>> AskAsync<TResponse>(object request, int? ifMatch = null) =>
        (Outcome<TResponse>)await AskAsync(ByRequest[request.GetType()], request, ifMatch);

    public async Task<IOutcome> AskAsync(Deed deed, object request, int? ifMatch = null)
    {
        var context = accessor.HttpContext!;
        if (deed.NeedsIfMatch)
        {
            context.Items[Pipeline.IfMatchItem] = ifMatch ?? throw new InvalidOperationException($"{deed.Name} edits a version, and none is named.");
        }

        var made = (IDeed)ActivatorUtilities.CreateInstance(context.RequestServices, deed.Type);
        return await made.AskAsync(context, deed, request, context.RequestAborted);
    }

    /// <summary>Whether the caller's hat may do a deed: what it may not is not offered.</summary>
    public bool May<TDeed>() => May(typeof(TDeed).Name);

    public bool May(string name) => accessor.HttpContext!.RequestServices.GetRequiredService<Plumbing.Identity.Caller>() is { Role: { } role }
        && Named(name) is { } deed && (deed.AnyAccount || deed.Anyone || deed.Roles.Contains(role));
}
