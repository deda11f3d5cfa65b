namespace Matching.Benchmarks;

/// <summary>The command line: a suite's name, then its options.</summary>
internal static class Program
{
    private static int Main(string[] words)
    {
        var suites = typeof(Program).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ISuite)))
            .Select(type => (ISuite)Activator.CreateInstance(type)!)
            .OrderBy(suite => suite.Name, StringComparer.Ordinal)
            .ToArray();
        var asked = words.Length == 0 ? null : suites.FirstOrDefault(suite => suite.Name == words[0]);
        if (asked is null)
        {
            Console.Error.WriteLine("usage: dotnet run -c Release --project tests/Matching.Benchmarks -- <suite> [--option value]…");
            foreach (var suite in suites)
            {
                Console.Error.WriteLine($"  {suite.Name,-8} {suite.Purpose}");
            }

            return 2;
        }

        try
        {
            var options = new Options(words.AsSpan(1));
            var report = new Report(asked.Name, options.Text("json", null));
            report.Machine();
            return asked.Run(options, report) ? 0 : 1;
        }
        catch (OptionException problem)
        {
            Console.Error.WriteLine(problem.Message);
            return 2;
        }
    }
}
