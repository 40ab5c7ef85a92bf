scalaVersion := "2.13.16"
name := "road"
enablePlugins(JavaAppPackaging)
