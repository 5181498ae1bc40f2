using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Presence.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class ProfileSaidAt : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "ProfileSaidAt",
                table: "Users",
                type: "INTEGER",
                nullable: true);

            // Until now nothing said when: the last change of anything is the best there is.
            migrationBuilder.Sql("""UPDATE "Users" SET "ProfileSaidAt" = "UpdatedAt" WHERE "DisplayName" IS NOT NULL OR "AvatarUrl" IS NOT NULL""");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "ProfileSaidAt",
                table: "Users");
        }
    }
}
