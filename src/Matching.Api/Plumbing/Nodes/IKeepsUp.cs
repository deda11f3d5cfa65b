namespace Matching.Api.Plumbing.Nodes;

/// <summary>A part that holds in memory what all nodes change, and follows their changes. Found by reflection among the registered singletons.</summary>
public interface IKeepsUp
{
    /// <summary>How far it has read; less than 0 before it has loaded.</summary>
    long Place { get; }

    /// <summary>How many changes it has not read yet, those of other nodes included.</summary>
    Task<int> BehindAsync();
}
