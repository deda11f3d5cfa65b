using Matching.Accounts;
using Matching.Api.Plumbing.Identity;
using Matching.Partners;

namespace Matching.Api.Plumbing.Http;

/// <summary>
/// The base of every deed. A deed says in <c>Configure</c> where it is (<c>Get</c>, <c>Post</c> …) and who may do it (<c>Allow</c>, <c>AllowAnyone</c>), and in
/// <see cref="RunAsync"/> what it does. This half is the same in both package sets; the other half hosts it.
/// </summary>
public abstract partial class Endpoint<TRequest, TResponse> : IDeed
    where TRequest : notnull
{
    private Deed? _deed;

    // Whose request this is when a page of ours asks instead of a caller over HTTP.
    private HttpContext? _asked;

    /// <inheritdoc/>
    public Deed Deed => _deed ??= new Deed { Type = GetType(), Request = typeof(TRequest), Response = typeof(TResponse) };

    protected abstract Task<Outcome<TResponse>> RunAsync(TRequest request, CancellationToken ct);

    /// <summary>Who may do it; a caller under any other hat is refused before the request is read.</summary>
    protected void Allow(params Role[] roles) => Deed.Roles = roles;

    /// <summary>Partners too, with this scope. Where nothing is said no partner gets in.</summary>
    protected void AllowPartners(PartnerScope scope) => Deed.PartnerScope = scope;

    /// <summary>Any signed-in person, whatever the hat.</summary>
    protected void AllowAnyAccount() => Deed.AnyAccount = true;

    /// <summary>Also nobody.</summary>
    protected void AllowAnyone() => Deed.Anyone = true;

    /// <summary>Answers 201: something new is there.</summary>
    protected void Creates() => Deed.SuccessStatus = StatusCodes.Status201Created;

    /// <summary>The ways in which this deed says no, beside those that all share.</summary>
    protected void Refuses(params Refusal[] refusals) => Deed.Refusals.AddRange(refusals);

    /// <summary>The caller sends the version that it read; <see cref="IfMatch"/> has it.</summary>
    protected void EditsWithIfMatch()
    {
        Deed.NeedsIfMatch = true;
        Refuses(Refusals.IfMatchNeeded, Refusals.ChangedMeanwhile);
    }

    /// <summary>The answer holds a secret, so a repeated request is done anew instead of answered from memory.</summary>
    protected void NeverKeepAnswer() => Deed.KeepsAnswer = false;

    protected void OnlyInDevelopment() => Deed.DevelopmentOnly = true;

    /// <summary>The body is a file of one of these types, of any length, and <see cref="RunAsync"/> reads it from the request as it comes.</summary>
    protected void TakesFile(params string[] contentTypes)
    {
        Deed.FileTypes = contentTypes;
        Deed.KeepsAnswer = false;
        Refuses(Refusals.FileTypeWrong);
    }

    protected void TakesBodiesUpTo(int bytes) => Deed.BodyLimit = bytes;

    /// <summary>The request in which the deed is done: its own, or that of the page which asks.</summary>
    protected HttpContext Web => _asked ?? HttpContext;

    /// <summary>The version in If-Match; there is one wherever <see cref="EditsWithIfMatch"/> was said.</summary>
    protected int IfMatch => (int)Web.Items[Pipeline.IfMatchItem]!;

    internal Task<Outcome<TResponse>> DoAsync(TRequest request, CancellationToken ct) => RunAsync(request, ct);

    /// <inheritdoc/>
    public async Task<IOutcome> AskAsync(HttpContext context, Deed described, object request, CancellationToken ct)
    {
        _asked = context;
        return await context.RequestServices.GetRequiredService<Pipeline>().AskAsync(context, described, (TRequest)request, () => RunAsync((TRequest)request, ct), ct);
    }
}

/// <summary>An answer that carries the version of what it shows; it becomes the ETag.</summary>
public interface IVersioned
{
    int Version { get; }
}

/// <summary>An answer that writes itself instead of being sent as JSON: a CSV file, a stream.</summary>
public interface IWritesItself
{
    string ContentType { get; }

    Task WriteAsync(HttpContext context, CancellationToken ct);
}
