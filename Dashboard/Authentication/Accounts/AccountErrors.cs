using Microsoft.AspNetCore.Identity;
using Presence.Dashboard.Display;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>What the account forms can get wrong, in the product's words. The user name is the email: both say the same.</summary>
internal sealed class AccountErrors : IdentityErrorDescriber
{
    public override IdentityError PasswordTooShort(int length) => Error(base.PasswordTooShort(length), Sentence.With(AccountTexts.ProblemShort, length));

    public override IdentityError PasswordRequiresUniqueChars(int uniqueChars) => Error(base.PasswordRequiresUniqueChars(uniqueChars), Sentence.With(AccountTexts.ProblemUniform, uniqueChars));

    public override IdentityError DuplicateEmail(string email) => Error(base.DuplicateEmail(email), AccountTexts.ProblemTaken);

    public override IdentityError DuplicateUserName(string userName) => Error(base.DuplicateUserName(userName), AccountTexts.ProblemTaken);

    public override IdentityError InvalidEmail(string? email) => Error(base.InvalidEmail(email), AccountTexts.ProblemEmail);

    public override IdentityError InvalidUserName(string? userName) => Error(base.InvalidUserName(userName), AccountTexts.ProblemEmail);

    /// <summary>What to show, each sentence once.</summary>
    public static IReadOnlyList<string> Of(IdentityResult result) => [.. result.Errors.Select(error => error.Description).Distinct(StringComparer.Ordinal)];

    private static IdentityError Error(IdentityError known, string description) => new() { Code = known.Code, Description = description };
}
