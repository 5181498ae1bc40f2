using Microsoft.Net.Http.Headers;

namespace Presence.Dashboard.Api;

/// <summary>If-Match: a change names the version it was made from, so that nobody's change is lost unseen.</summary>
internal static class Precondition
{
    /// <summary>Says why a change may not be tried, or null; then whether it takes any version.</summary>
    /// <param name="http">The request.</param>
    /// <param name="currentTag">The version there is.</param>
    /// <param name="stale">The refusal when another one was named.</param>
    /// <param name="isRequired">Whether the header must be there; where not, leaving it out means any version.</param>
    /// <param name="takesAny">Whether the caller overwrites whatever is there, with <c>*</c>.</param>
    public static ApiRefusal? Refuse(HttpContext http, string currentTag, Func<ApiRefusal> stale, bool isRequired, out bool takesAny)
    {
        takesAny = false;
        if (http.Request.Headers.IfMatch.Count == 0)
        {
            takesAny = !isRequired;
            return isRequired
                ? new ApiRefusal(ApiErrors.VersionRequired, "Send the ETag of the document you changed as If-Match, so that nobody's change is lost unseen; * overwrites whatever is there.")
                : null;
        }
        if (http.Request.GetTypedHeaders().IfMatch is not { Count: > 0 } tags)
            return new ApiRefusal(ApiErrors.Unreadable, $"If-Match must be an ETag as it was sent, in quotes: {currentTag}.");
        takesAny = tags.Contains(EntityTagHeaderValue.Any);
        return takesAny || tags.Any(tag => tag.Compare(new EntityTagHeaderValue(currentTag), useStrongComparison: true)) ? null : stale();
    }
}
