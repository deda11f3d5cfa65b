using Matching.Api.Plumbing.Http;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <summary>Where a wish stands after a deed.</summary>
/// <param name="Id">The wish.</param>
/// <param name="State">Its own state; a merged one says so.</param>
/// <param name="LeasedUntil">Until when it is its curator's.</param>
/// <param name="OrderIds">All of its orders.</param>
/// <param name="Version">Also the ETag.</param>
public sealed record WishMovedResponse(Id Id, WishState State, DateTimeOffset? LeasedUntil, IReadOnlyList<Id> OrderIds, int Version) : IVersioned;
