namespace Matching.Benchmarks;

/// <summary>One set of measurements, found by its name. Any class of this assembly that implements it is offered on the command line.</summary>
internal interface ISuite
{
    string Name { get; }

    /// <summary>One line for the usage text.</summary>
    string Purpose { get; }

    /// <summary>Measures and reports. False when an answer was wrong: slow is a figure, wrong is a failure.</summary>
    bool Run(Options options, Report report);
}
