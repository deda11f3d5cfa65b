using Matching.Geography;
using Matching.Sites;

namespace Matching.Replay.City;

/// <summary>An area of the city as a site of ours.</summary>
/// <param name="Code">Stays the same from run to run: <c>station 34</c>.</param>
/// <param name="Place">The middle of its requests.</param>
/// <param name="RadiusM">Nine in ten of its requests lie within.</param>
public sealed record Area(string Code, SiteKind Kind, string Name, Area? Parent, Place Place, int RadiusM)
{
    public Area Center => Parent?.Center ?? this;

    public override string ToString() => Code;
}

/// <summary>
/// The city's three levels of areas made into a tree, which they are not quite: a neighbourhood council is a station under the district that most of its
/// rows name, a district an institute under the commission that most of its rows name, a commission a center.
/// </summary>
public sealed class AreaTree
{
    private readonly Dictionary<string, Area> _stations;
    private readonly Dictionary<string, Area> _institutes;
    private readonly Area _busiest;

    private AreaTree(List<Area> centers, Dictionary<string, Area> institutes, Dictionary<string, Area> stations, Area busiest) =>
        (Centers, _institutes, _stations, _busiest) = (centers, institutes, stations, busiest);

    public IReadOnlyList<Area> Centers { get; }

    public IEnumerable<Area> Institutes => _institutes.Values;

    public IEnumerable<Area> Stations => _stations.Values;

    /// <summary>Parents before children.</summary>
    public IEnumerable<Area> All => Centers.Concat(Institutes).Concat(Stations);

    public static AreaTree Of(IReadOnlyCollection<CityRequest> requests)
    {
        var centers = requests.Where(request => request.Commission is not null).GroupBy(request => request.Commission!).OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => Make(SiteKind.Center, group.Key, group.Key, null, group, least: 5_000));
        var institutes = requests.Where(request => request.District is not null).GroupBy(request => request.District!).OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => Make(
                SiteKind.Institute, group.Key, $"Council District {group.Key}", centers[MostNamed(group, request => request.Commission)], group, least: 3_000));
        var stations = requests.Where(request => request.Council is not null).GroupBy(request => request.Council!).OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => Make(
                SiteKind.Station, group.Key, group.Select(request => request.CouncilName).First(name => name is not null)!,
                institutes[MostNamed(group, request => request.District)], group, least: 1_500));
        return new AreaTree([.. centers.Values], institutes, stations, centers[MostNamed(requests, request => request.Commission)]);
    }

    /// <summary>
    /// The station of the request's council, else its district's institute. A request that names no area at all, of which there are four, goes to the
    /// center with the most requests: somebody has to look at it, and there is no telling who.
    /// </summary>
    public Area Of(CityRequest request) =>
        request.Council is { } council ? _stations[council] : request.District is { } district ? _institutes[district] : _busiest;

    /// <summary>Where the request is to be served: its own place, or its area's with an accuracy of two kilometres.</summary>
    public Place PlaceOf(CityRequest request) => request is { Lat: { } lat, Lng: { } lng } ? new Place(lat, lng, 20) : Of(request).Place with { AccuracyM = 2_000 };

    private static string MostNamed(IEnumerable<CityRequest> requests, Func<CityRequest, string?> name) => requests
        .Select(name).OfType<string>().GroupBy(found => found)
        .OrderByDescending(found => found.Count()).ThenBy(found => found.Key, StringComparer.Ordinal).First().Key;

    private static Area Make(SiteKind kind, string code, string name, Area? parent, IEnumerable<CityRequest> requests, int least)
    {
        var places = requests.Where(request => request is { Lat: not null, Lng: not null }).Select(request => new Place(request.Lat!.Value, request.Lng!.Value)).ToList();
        var middle = new Place(Median(places.Select(place => place.Lat)), Median(places.Select(place => place.Lng)), 200);
        var distances = places.Select(place => Distance.Metres(middle, place)).Order().ToList();
        var radiusM = Math.Max(least, (int)Math.Ceiling(distances[distances.Count * 9 / 10] / 100) * 100);
        return new Area($"{kind.ToString().ToLowerInvariant()} {code}", kind, name, parent, middle, Math.Min(radiusM, 50_000));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return Math.Round(sorted[sorted.Count / 2], 6);
    }
}
