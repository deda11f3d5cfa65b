namespace Matching.SqlTests;

/// <summary>Problems are shown all at once, one a line.</summary>
public static class Problems
{
    public static void None(IEnumerable<string> problems) => Assert.That(string.Join('\n', problems), Is.Empty);
}
