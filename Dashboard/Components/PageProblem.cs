namespace Presence.Dashboard.Components;

/// <summary>What the error page of a request says instead of its general sentence.</summary>
/// <param name="Text">What happened and what to do, from a resource.</param>
internal sealed record PageProblem(string Text);
