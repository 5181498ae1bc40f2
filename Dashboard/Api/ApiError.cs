namespace Presence.Dashboard.Api;

/// <summary>One kind of refusal: an HTTP status and the code clients tell it by. All stand in <see cref="ApiErrors"/>.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">What clients compare; never reused for anything else.</param>
/// <param name="Meaning">One sentence for docs/errors.md and for replies that have nothing more exact to say.</param>
internal sealed record ApiError(int Status, int Code, string Meaning);
