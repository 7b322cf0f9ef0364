"""The product's texts in other languages: catalogs merged, compiled and checked."""
